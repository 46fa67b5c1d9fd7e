import json
from collections.abc import Callable

import pytest
from hypothesis import given

from core.errors import ArchitectureError
from core.model.structure.architecture import Architecture
from tests.core.model.layers.examples import architectures


def test_tutorial_parameters_add_up_as_in_the_lesson() -> None:
    rows = Architecture.tutorial().rows()
    counts = [row.parameters for row in rows if row.parameters]
    assert counts == [896, 9248, 18496, 65600, 650]
    assert Architecture.tutorial().parameter_count == 94_890
    assert rows[0].formula == "(3 x 3 x 3 + 1) x 32"
    assert rows[0].output_shape == (30, 30, 32)


def test_strong_network_by_hand() -> None:
    """Whitening layer, three convolutions a width without biases, normalization that learns offsets only, head."""
    pairs = ((24, 64), (64, 64), (64, 64), (64, 128), (128, 128), (128, 128), (128, 256), (256, 256), (256, 256))
    convolutions = sum(9 * inputs * filters for inputs, filters in pairs)
    normalizations = sum(3 * filters for _, filters in pairs)
    counted = (4 * 3 + 1) * 24 + convolutions + normalizations + 256 * 10
    assert Architecture.strong().parameter_count == counted < 2_000_000


def test_airbench_network_by_hand() -> None:
    """Whitening layer, six convolutions without biases, normalization that learns offsets only, head without bias."""
    pairs = ((24, 64), (64, 64), (64, 256), (256, 256), (256, 256), (256, 256))
    convolutions = sum(9 * inputs * filters for inputs, filters in pairs)
    normalizations = sum(3 * filters for _, filters in pairs)
    assert Architecture.airbench().parameter_count == (4 * 3 + 1) * 24 + convolutions + normalizations + 256 * 10


def test_what_pools_over_the_whole_map_takes_smaller_images() -> None:
    assert Architecture.airbench().takes(28) and Architecture.strong().takes(28)
    assert not Architecture.tutorial().takes(28)  # its first dense layer counts the places of the maps
    assert Architecture.tutorial().takes(32)
    assert not Architecture.airbench().takes(8)  # nothing is left to pool
    small, whole = (sum(row.multiply_adds for row in Architecture.airbench().trace(side=n).rows) for n in (28, 32))
    assert 0.72 < small / whole < 0.77  # about (28 / 32) ** 2


@pytest.mark.parametrize("value", ["", "[]", "{}", {"layers": [{"kind": "Nothing"}]}, {"layers": [{"kind": "Dense"}]}])
def test_nonsense_json_is_refused(value: object) -> None:
    with pytest.raises(ArchitectureError):
        Architecture.from_json(value)  # type: ignore[arg-type]


@given(architectures)
def test_json_and_text_round_trip(architecture: Architecture) -> None:
    assert Architecture.from_text(architecture.to_text()) == architecture
    assert Architecture.from_json(json.dumps(architecture.to_json())) == architecture


@pytest.mark.parametrize("classes", [2, 3, 10, 100])
@pytest.mark.parametrize("make", [Architecture.tutorial, Architecture.strong, Architecture.airbench])
def test_a_network_knows_its_classes_and_changes_them(make: Callable[[], Architecture], classes: int) -> None:
    network = make()
    other = network.with_classes(classes)
    assert (network.classes, other.classes) == (10, classes)
    assert other.rows()[-1].output_shape == (classes,)
    assert other.layers[:-1] == network.layers[:-1]
    assert other.with_classes(10) == network


def test_what_ends_in_no_logits_keeps_its_last_layer() -> None:
    for text in ("u-c8-f-d64", "u-c8", "u-f-d10l-r"):
        stack = Architecture.from_text(text)
        assert stack.classes == 0
        assert stack.with_classes(3) == stack
