"""What a page loads before anybody asks a network: the first visitor of a server waits for every bit of it."""

import subprocess
import sys

from tests.pages.conftest import NAVIGATION

HEAVY = ("tensorflow", "keras", "sklearn", "scipy", "pandas")
"""Packages that take a second and more."""

NEED_NO_NETWORK = ("overview", "dataset", "kernels", "network")
"""Pages that are drawn whole without TensorFlow."""

PROGRAM = f"""
import sys
from streamlit.testing.v1 import AppTest
from core.model.inference import warm
from pages.registry import PAGES

warm.begin(delay_s=3600)  # else it loads TensorFlow beside the pages
app = AppTest.from_file({str(NAVIGATION)!r}, default_timeout=120)
for page in PAGES:
    if page is not PAGES[0]:
        app.switch_page(f"{{page.name}}/{{page.name}}.py")
    app.run()
    assert not app.exception, (page.name, app.exception)
    loaded = set({HEAVY!r}) & set(sys.modules)
    assert not loaded, (page.name, loaded)
    waits = any("TensorFlow is loading" in block.proto.body for block in app.get("html"))
    assert not (waits and page.name in {NEED_NO_NETWORK!r}), page.name
"""


def test_no_page_loads_what_takes_seconds_before_a_network_is_asked() -> None:
    subprocess.run([sys.executable, "-c", PROGRAM], check=True, timeout=240, cwd=NAVIGATION.parents[1])
