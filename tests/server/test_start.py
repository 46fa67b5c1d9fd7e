"""What the server says when it starts, and whom it asks."""

from pathlib import Path

from tests.browser.server import running_app


def test_it_says_where_it_is_and_asks_nobody_on_the_internet_for_it(tmp_path: Path) -> None:
    with running_app(tmp_path) as url:
        log = (tmp_path / "server.log").read_text()
    port = url.rpartition(":")[2]
    assert f"Convscope is at http://localhost:{port}" in log
    assert "external" not in log.lower()  # found, or looked for in vain
