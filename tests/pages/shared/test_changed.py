"""What a visitor changed of the network at work, as an address may have it."""

import pytest

from core.model.structure.architecture import Architecture
from pages.shared.flow.changed import MOST_TEXT, changed

CHANGED = changed("overview", Architecture.tutorial())


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("change", ""),
        ("change", "shift.-4"),
        ("change", "cover.8.16.20"),
        ("paint", ""),
        ("paint", "d02020AAzz-_.00ff00BB"),
        ("paint", ".".join(["d02020" + "A" * 32] * 24)),
        ("off", "conv2d.1,max_pooling2d.32,conv2d_2.64"),
    ],
)
def test_what_is_changed_survives_the_address(name: str, text: str) -> None:
    assert CHANGED[name].read(text) == text and len(text) < MOST_TEXT


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("change", "melt.3"),
        ("change", "shift.4.5.6"),
        ("change", "cover.8"),
        ("change", "shift.4\n"),
        ("change", "shift.٤"),
        ("paint", "d02020"),
        ("paint", "d02020A"),
        ("paint", "d02020AA."),
        ("paint", "red"),
        ("paint", "d02020" + "AA" * 1000),
        ("paint", ".".join(["d02020AA"] * 25)),
        ("off", "conv2d.0"),
        ("off", "conv2d.33"),
        ("off", "dense.1"),
        ("off", ",".join(["conv2d.1"] * 65)),
    ],
)
def test_nonsense_is_none(name: str, text: str) -> None:
    with pytest.raises(ValueError, match="Expected"):
        CHANGED[name].read(text)
