"""What is told twice is told alike: a training epoch's accuracy on two tabs; layers and wires of the whole network."""

import pytest
from playwright.sync_api import Page, expect

from core.training.runs.catalogue import find_run
from tests.browser.conftest import open_page


def test_training_accuracy_is_keras_own_on_both_tabs(page: Page, app_url: str) -> None:
    told = f"training {100 * find_run('tutorial').epoch_table()['accuracy'][-1]:.1f} %"
    open_page(page, f"{app_url}/training?run=tutorial")
    expect(page.locator(".live .key.accuracy .train")).to_have_text(f"■ {told}")
    open_page(page, f"{app_url}/training?run=tutorial&training.view=Time+machine")
    expect(page.locator(".machine .curve figcaption")).to_contain_text(f"{told} as a running average", timeout=90_000)


@pytest.mark.parametrize(("run", "place", "share"), [("tutorial", ".head", "69 %"), ("strong", ".answer", "< 1 %")])
def test_wires_reach_the_classes_through_the_head_alone(
    page: Page, app_url: str, run: str, place: str, share: str
) -> None:
    open_page(page, f"{app_url}/?run={run}")
    expect(page.locator("div.flow[data-drawn]")).to_be_visible()
    expect(page.locator(f".flow {place} .title")).to_contain_text(share)
    ends = page.locator("div.flow").evaluate("""flow => {
        const block = flow.querySelector(".head .block").getBoundingClientRect();
        const origin = flow.querySelector("svg").getBoundingClientRect();
        return [...flow.querySelectorAll('path[data-to="answer"]')].map((path) => {
            const at = [0, path.getTotalLength()].map((length) => path.getPointAtLength(length).x + origin.left);
            return at.map((x) => x <= block.left + 1 ? "before" : x >= block.right - 1 ? "behind" : "inside").join();
        });
    }""")
    assert ends.count("behind,behind") == 10
    assert set(ends) == {"before,before", "behind,behind"}
