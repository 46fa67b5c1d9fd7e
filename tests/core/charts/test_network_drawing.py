"""The drawing is well-formed, in proportion, and says in words what it shows."""

import xml.etree.ElementTree as ElementTree

import pytest

from core.charts.network_drawing import Volume, describe, draw

STACK = [
    Volume(title="Input", shape=(32, 32, 3), layer=-1),
    Volume(title="Conv 3 × 3", shape=(30, 30, 32), layer=0, window=(3, 3), learned=True, remarks=("ReLU",)),
    Volume(title="Max 2 × 2", shape=(15, 15, 32), layer=1, window=(2, 2)),
    Volume(title="Flatten", shape=(7200,), layer=2),
    Volume(title="Dense", shape=(10,), layer=3, learned=True),
]


def fronts(svg: str) -> dict[int, tuple[float, float]]:
    """Width and height of every volume's front face."""
    root = ElementTree.fromstring(svg)
    return {
        int(group.get("data-layer", "")): (
            sum(float(face.get("width", "0")) for face in group.findall("rect")),
            max(float(face.get("height", "0")) for face in group.findall("rect")),
        )
        for group in root.findall("g")
        if "volume" in group.get("class", "")
    }


def test_one_pixel_and_one_value_have_the_same_size_everywhere() -> None:
    faces = fronts(draw(STACK))
    pixel = faces[-1][0] / 32
    assert faces[-1] == pytest.approx((32 * pixel, 32 * pixel), abs=0.2)
    assert faces[0] == pytest.approx((30 * pixel, 30 * pixel), abs=0.2)
    assert faces[1] == pytest.approx((15 * pixel, 15 * pixel), abs=0.2)
    assert faces[2] == pytest.approx((225 * pixel, 32 * pixel), abs=0.2)  # 7,200 values in columns of 32
    assert faces[3] == pytest.approx((pixel, 10 * pixel), abs=0.2)


def test_only_learned_layers_are_marked() -> None:
    root = ElementTree.fromstring(draw(STACK))
    classes = {
        group.get("data-layer"): group.get("class", "")
        for group in root.findall("g")
        if "volume" in group.get("class", "")
    }
    assert [layer for layer, name in classes.items() if "learned" in name] == ["0", "3"]


def test_long_networks_get_smaller_pixels() -> None:
    long = [STACK[0]] + [Volume(title="Conv 3 × 3", shape=(32, 32, 64), layer=n, window=(3, 3)) for n in range(20)]
    assert fronts(draw(long))[-1][0] < fronts(draw(STACK[:3]))[-1][0]


def test_words_describe_the_picture_and_labels_are_escaped() -> None:
    assert describe(STACK).startswith("The network to scale: Input 32 × 32 × 3, then Conv 3 × 3 30 × 30 × 32")
    assert "<script>" not in draw([Volume(title="<script>", shape=(2, 2, 1), layer=-1)])
