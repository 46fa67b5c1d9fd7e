"""What a visitor has unfolded stays, however late the server sends what two of its runs have drawn."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import settled
from tests.browser.server import running_app
from tests.browser.test_layout import ARRIVE
from tests.browser.test_overview import open_overview


def test_nothing_is_taken_away_while_a_run_of_the_page_and_one_of_its_fragments_wait_to_be_sent(
    page: Page, tmp_path: Path
) -> None:
    page.add_init_script(f"({ARRIVE})(false)")  # each message is drawn before the next one comes
    with running_app(tmp_path, PYTHONPATH=str(Path(__file__).parent / "late")) as url:
        open_overview(page, url, "?run=tutorial")
        page.get_by_role("slider", name=re.compile("Snapshot")).press("ArrowLeft")  # runs the page
        page.locator('.map[data-x="3"][data-y="6"]').click()  # runs the fragment, half a second later
        panel = page.locator(".flow .panel")
        panel.locator(".end .picture").first.hover(position={"x": 40, "y": 60})
        unfolded = panel.element_handle()
        assert unfolded
        expect(page).to_have_url(re.compile(r"epoch=9.*unfolded=true"))
        settled(page)
        assert unfolded.evaluate("panel => panel.isConnected")
        expect(panel.locator("> .said")).to_contain_text("Row")
