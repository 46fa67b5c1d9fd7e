"""Every page on a run of an earlier home whose network once filled 19.9 GB: calm, with a sentence, in little memory."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.model.structure.architecture import Architecture
from tests.homes import run_of

ROOT = Path(__file__).parents[2]
HEAVY = Architecture.from_text("u-c512k1-" + "n-" * 25 + "ga-d10l")
PAGES = ("overview", "kernels", "network", "training", "predictions", "activations", "classify")

SCRIPT = f"""
import json, resource, sys
from streamlit.testing.v1 import AppTest
from core import cached
from core.model.inference import warm
from core.training.runs.catalogue import find_run
from core.training.runs.snapshot import Snapshot
from tests.pages.conftest import NAVIGATION

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)

warm.begin()
assert warm.wait(120)
before, told = peak(), {{}}
for page in {PAGES!r}:
    app = AppTest.from_file(str(NAVIGATION), default_timeout=240)
    app.query_params.update({{"data": "digits", "run": "digits-heavy"}})
    app.switch_page(f"{{page}}/{{page}}.py").run()
    told[page] = [*(error.value for error in app.error), *("exception" for _ in app.exception)]
cached.test_scoring("digits", Snapshot(find_run("digits-heavy"), 10)).result()
print(json.dumps({{"grown": peak() - before, "told": told}}))
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A data folder with a finished run of that network, without stored answers; its weights are random."""
    run_of(HEAVY, tmp_path, "digits-heavy", without="*.logits.npy")
    return tmp_path


def test_every_page_opens_in_little_memory(home: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        cwd=ROOT,
        env={**os.environ, "CONVSCOPE_HOME": str(home), "CONVSCOPE_TRAINING": "off"},
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["grown"] < 500
    for page, sentences in found["told"].items():
        assert "exception" not in sentences, page
    for page in ("overview", "activations"):
        assert ["Choose another run in the sidebar" in sentence for sentence in found["told"][page]] == [True]
    for page in ("kernels", "network", "predictions", "classify"):
        assert found["told"][page] == []
