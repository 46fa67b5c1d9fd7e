import pytest
from hypothesis import given

from core.errors import ArchitectureError
from core.model.layers import Layer
from core.model.layers.convolution import Conv2D
from core.model.layers.dense import Dense
from core.model.layers.normalization import BatchNormalization
from core.model.layers.pooling import MaxPooling2D
from core.model.layers.reshaping import Flatten, GlobalAveragePooling2D
from core.model.structure.architecture import Architecture
from tests.core.model.layers.examples import architectures

HEAD = (Flatten(), Dense(units=10, activation="linear"))


def test_receptive_field_by_hand() -> None:
    """3; pooling adds 1: 4; convolution adds 2 steps of 2: 8; pooling adds 2: 10; convolution adds 2 steps of 4: 18.

    All four places of the last maps: 18 + 3 steps of 4 = 30. The second pooling drops a row and a column.
    """
    fields = [row.receptive_field for row in Architecture.tutorial().rows()]
    assert fields == [3, 4, 8, 10, 18, 18, 30, 30]


@pytest.mark.parametrize(
    ("layers", "side"),
    [
        ((Conv2D(filters=2, padding="same"),), 32),  # padding is not a part of the image
        ((Conv2D(filters=2, padding="same"), MaxPooling2D(pool_size=3)), 31),  # ten windows: rows -1 to 30
        ((MaxPooling2D(pool_size=3),), 30),
        ((MaxPooling2D(pool_size=3, padding="same"),), 32),
    ],
)
def test_what_the_whole_network_sees(layers: tuple[Layer, ...], side: int) -> None:
    assert Architecture(layers=(*layers, *HEAD)).rows()[-1].receptive_field == side
    pooled = (*layers, GlobalAveragePooling2D(), HEAD[1])
    assert Architecture(layers=pooled).rows()[-1].receptive_field == side


def test_multiply_adds_by_hand() -> None:
    rows = Architecture.tutorial().rows()
    assert rows[0].multiply_adds == 30 * 30 * 3 * 3 * 3 * 32
    assert rows[-1].multiply_adds == 64 * 10
    assert rows[0].memory_bytes == 30 * 30 * 32 * 4


def test_normalization_without_scale_has_three_numbers_a_channel() -> None:
    whole, unscaled = (Architecture.from_text(f"u-c8-{text}-f-d10l").rows()[1] for text in ("n", "nu"))
    assert (whole.formula, whole.trainable_parameters) == ("4 x 8", 16)
    assert (unscaled.formula, unscaled.trainable_parameters) == ("3 x 8", 8)


def test_unbiased_and_normalized_formulas() -> None:
    rows = Architecture(layers=(Conv2D(filters=8, use_bias=False), BatchNormalization(), *HEAD)).rows()
    assert (rows[0].formula, rows[0].parameters) == ("3 x 3 x 3 x 8", 216)
    assert (rows[1].parameters, rows[1].trainable_parameters) == (32, 16)


@pytest.mark.parametrize(
    ("text", "layer", "says"),
    [
        ("u-c32-d10l", 1, "Put Flatten or a global pooling before it"),
        ("u-f-c32-d10l", 1, "Expected feature maps"),
        ("u-m2-m2-m2-m2-c8k3-f-d10l", 4, "at least 3 x 3 pixels"),
        ("u-c8-(c16p)-f-d10l", 1, "keep its input's shape 30 x 30 x 8"),
        ("u-c8-f-d1l", 2, "Expected the last layer to be Dense with 2 to 100 units"),
        ("u-c8-f-d101l", 2, "Expected the last layer"),
        ("u-c8-f-d10", 2, "Expected the last layer"),
        ("u-f-d1024-d1024-d1024-d10l", 4, "at most 4,000,000 parameters"),
    ],
)
def test_impossible_stacks_break_at_the_right_layer(text: str, layer: int, says: str) -> None:
    architecture = Architecture.from_text(text)
    with pytest.raises(ArchitectureError, match=says) as caught:
        architecture.rows()
    assert caught.value.layer == layer
    assert architecture.trace().error is not None


def test_trace_keeps_the_rows_before_the_break() -> None:
    trace = Architecture.from_text("u-c32-m2-d10l").trace()
    assert [row.name for row in trace.rows] == ["conv2d", "max_pooling2d"]


def test_layers_inside_a_block_count_too() -> None:
    text = "u-(" + "-".join(["c3k1p"] * 70) + ")-f-d10l"
    with pytest.raises(ArchitectureError, match="Received 73"):
        Architecture.from_text(text).rows()


@given(architectures)
def test_tracing_never_raises(architecture: Architecture) -> None:
    trace = architecture.trace()
    assert trace.error is None or trace.error.layer is not None


def test_the_head_has_as_many_units_as_there_are_classes() -> None:
    eleven = Architecture.from_text("u-c8-f-d11l")
    assert eleven.trace().error is None
    assert eleven.trace(11).error is None
    error = eleven.trace(10).error
    assert error is not None and error.layer == 2
    assert "Dense with 10 units" in str(error)
