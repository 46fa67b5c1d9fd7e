import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import ArchitectureError
from core.model.structure.architecture import Architecture


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x-c32",
        "u-",
        "u-q7",
        "u-c0",
        "u-c999",
        "u-(c8-c8",
        "u-o2",
        "u-o0.2u",
        "u-t",
        "u-c8lg",
        "u-c8k99",
        "u-c٣",
        "u-o0.٣",
        "u" * 3000,
    ],
)
def test_nonsense_links_are_refused(text: str) -> None:
    with pytest.raises(ArchitectureError):
        Architecture.from_text(text)


@given(st.text(alphabet="uscmanrtofgwdklpb()-0123456789.", max_size=40))
def test_any_text_is_a_network_or_refused(text: str) -> None:
    with contextlib.suppress(ArchitectureError):
        Architecture.from_text(text).trace()


@pytest.mark.parametrize(
    ("text", "layer", "says"),
    [
        ("u-c8-(c8-c8", 1, 'Expected a ")" after a residual block'),
        ("u-c8-(c8-(c8))", 1, "no further block inside"),
        ("u-" + "(" * 900 + ")" * 900, 0, "no further block inside"),
        ("u-c8-()", 1, "Expected a layer such as"),
        ("u-c8-(c8)x", 1, 'Expected a ")" after a residual block'),
        ("u-c8--f", 1, 'Received ""'),
        ("u-c8-m33", 1, "from 1 to 32"),
    ],
)
def test_the_piece_that_is_no_layer_is_named(text: str, layer: int, says: str) -> None:
    with pytest.raises(ArchitectureError) as caught:
        Architecture.from_text(text)
    assert caught.value.layer == layer
    assert says in str(caught.value)


def test_networks_by_hand() -> None:
    """Links that people have: they stay as they are."""
    assert Architecture.tutorial().to_text() == "u-c32-m2-c32-m2-c64-f-d64-d10l"
    assert Architecture.strong().to_text() == (
        "s-c24k2w-c64plb-m2-n0.6u-tw-(c64plb-n0.6u-tw-c64plb-n0.6u)-tw-"
        "c128plb-m2-n0.6u-tw-(c128plb-n0.6u-tw-c128plb-n0.6u)-tw-"
        "c256plb-m2-n0.6u-tw-(c256plb-n0.6u-tw-c256plb-n0.6u)-tw-gm-d10lb"
    )
    earlier = (
        "s-c24k2-c64plb-m2p-n-r-(c64plb-n-r-c64plb-n)-r-c128plb-m2p-n-r-(c128plb-n-r-c128plb-n)-r-"
        "c176plb-m2p-n-r-(c176plb-n)-r-gm-d10l"
    )
    assert Architecture.from_text(earlier).to_text() == earlier
    every = "s-c8pg-n-r-(c8plb-n0.5u-tg-o0.25)-m2s1p-c8k5s2pw-tw-a2p-(c8p)-ga-d12b-d10l"
    assert Architecture.from_text(every).to_text() == every
