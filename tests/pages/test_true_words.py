"""Sentences that were read and found false must not come back, on whatever page."""

import re
from pathlib import Path

import pytest

from pages.training.compare import FAST_BY_SEED

ROOT = Path(__file__).parents[2]
SOURCES = {
    path: re.sub(r'"\s*\n\s*f?"', "", path.read_text())  # sentences that go over several lines
    for folder in ("pages", "core")
    for ending in ("py", "js", "html")
    for path in (ROOT / folder).rglob(f"*.{ending}")
}
FALSE = {
    r"(chang|mov|adjust|updat)\w* every weight|every weight (chang|mov|steps)": (
        "where the slope is zero a step leaves a weight as it is"
    ),
    "fine-tun": "means further training on other data",
    "worth keeping": "training keeps or drops no kernel, it changes all",
    "watched on test images, so": "watching flatters nothing, choosing does",
    r"[Aa]veraging keeps|[Kk]eep the mean": "an average is a new number",
    "a point or so": "three seeds differed by 0.2 points",
    r"random start[\"}\.]|its random start|epoch 0 is random": "whitened first kernels are no random ones",
    "one number kept": "an average is a new number",
    "black 0[^ ]|black 0 (?!or less)": "what is negative is black too",
    "[Oo]nly the ReLU": "other activations do as well",
    "running means, no": "statistics may be measured anew",
}


@pytest.mark.parametrize("pattern", FALSE)
def test_no_page_says_what_is_false(pattern: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}: {FALSE[pattern]}" for path, text in SOURCES.items() if re.search(pattern, text)
    ]
    assert not found


def test_the_seeds_are_those_of_the_readme() -> None:
    assert f"(seeds 0, 1, 2: {', '.join(f'{points}' for points in FAST_BY_SEED)} %;" in (ROOT / "README.md").read_text()
