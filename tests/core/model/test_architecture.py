import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import ArchitectureError
from core.model.architecture import (
    Activation,
    Architecture,
    AveragePooling2D,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    GlobalAveragePooling2D,
    GlobalMaxPooling2D,
    Layer,
    MaxPooling2D,
    ReLU,
    Residual,
    initial_seeds,
)

HEAD = (Flatten(), Dense(units=10, activation="linear"))


def test_tutorial_parameters_add_up_as_in_the_lesson() -> None:
    rows = Architecture.tutorial().rows()
    counts = [row.parameters for row in rows if row.parameters]
    assert counts == [896, 9248, 18496, 65600, 650]
    assert Architecture.tutorial().parameter_count == 94_890
    assert rows[0].formula == "(3 x 3 x 3 + 1) x 32 = 896"
    assert rows[0].output_shape == (30, 30, 32)


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


def test_strong_network_is_under_a_million() -> None:
    assert Architecture.strong().parameter_count < 1_000_000


def test_airbench_network_by_hand() -> None:
    """Whitening layer, six convolutions without biases, normalization that learns offsets only, head without bias."""
    pairs = ((24, 64), (64, 64), (64, 256), (256, 256), (256, 256), (256, 256))
    convolutions = sum(9 * inputs * filters for inputs, filters in pairs)
    normalizations = sum(3 * filters for _, filters in pairs)
    assert Architecture.airbench().parameter_count == (4 * 3 + 1) * 24 + convolutions + normalizations + 256 * 10


def test_normalization_without_scale_has_three_numbers_a_channel() -> None:
    whole, unscaled = (Architecture.from_text(f"u-c8-{text}-f-d10l").rows()[1] for text in ("n", "nu"))
    assert (whole.formula, whole.trainable_parameters) == ("4 x 8 = 32", 16)
    assert (unscaled.formula, unscaled.trainable_parameters) == ("3 x 8 = 24", 8)


def test_only_smooth_activations_stand_on_their_own() -> None:
    with pytest.raises(ArchitectureError, match="gelu, silu"):
        Activation(function="relu")  # type: ignore[arg-type]


def test_unbiased_and_normalized_formulas() -> None:
    rows = Architecture(layers=(Conv2D(filters=8, use_bias=False), BatchNormalization(), *HEAD)).rows()
    assert rows[0].formula == "3 x 3 x 3 x 8 = 216"
    assert (rows[1].parameters, rows[1].trainable_parameters) == (32, 16)


@pytest.mark.parametrize(
    ("text", "layer", "says"),
    [
        ("u-c32-d10l", 1, "Put Flatten or a global pooling before it"),
        ("u-f-c32-d10l", 1, "Expected feature maps"),
        ("u-m2-m2-m2-m2-c8k3-f-d10l", 4, "at least 3 x 3 pixels"),
        ("u-c8-(c16p)-f-d10l", 1, "keep its input's shape 30 x 30 x 8"),
        ("u-c8-f-d11l", 2, "Expected the last layer"),
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
        "u" * 3000,
    ],
)
def test_nonsense_links_are_refused(text: str) -> None:
    with pytest.raises(ArchitectureError):
        Architecture.from_text(text)


@pytest.mark.parametrize("value", ["", "[]", "{}", {"layers": [{"kind": "Nothing"}]}, {"layers": [{"kind": "Dense"}]}])
def test_nonsense_json_is_refused(value: object) -> None:
    with pytest.raises(ArchitectureError):
        Architecture.from_json(value)  # type: ignore[arg-type]


strides = st.none() | st.integers(1, 4)
padding = st.sampled_from(["valid", "same"])
activation = st.sampled_from(["relu", "gelu", "silu", "linear"])
plain_layers = st.one_of(
    st.builds(
        Conv2D,
        filters=st.integers(1, 64),
        kernel_size=st.integers(1, 7),
        strides=st.integers(1, 3),
        padding=padding,
        activation=activation,
        use_bias=st.booleans(),
    ),
    st.builds(MaxPooling2D, pool_size=st.integers(1, 4), strides=strides, padding=padding),
    st.builds(AveragePooling2D, pool_size=st.integers(1, 4), strides=strides, padding=padding),
    st.builds(BatchNormalization, momentum=st.sampled_from([0.9, 0.5, 0.99]), scale=st.booleans()),
    st.builds(ReLU),
    st.builds(Activation, function=st.sampled_from(["gelu", "silu"])),
    st.builds(Dropout, rate=st.sampled_from([0.0, 0.1, 0.25, 0.5])),
    st.builds(Flatten),
    st.builds(GlobalAveragePooling2D),
    st.builds(GlobalMaxPooling2D),
    st.builds(Dense, units=st.integers(1, 64), activation=activation, use_bias=st.booleans()),
)
any_layer = plain_layers | st.builds(Residual, layers=st.lists(plain_layers, min_size=1, max_size=3).map(tuple))
architectures = st.builds(
    Architecture,
    layers=st.lists(any_layer, min_size=1, max_size=8).map(tuple),
    input_scaling=st.sampled_from(["unit", "standard"]),
)


@given(architectures)
def test_json_and_text_round_trip(architecture: Architecture) -> None:
    assert Architecture.from_text(architecture.to_text()) == architecture
    assert Architecture.from_json(json.dumps(architecture.to_json())) == architecture


@given(architectures)
def test_tracing_never_raises(architecture: Architecture) -> None:
    trace = architecture.trace()
    assert trace.error is None or trace.error.layer is not None


@given(st.text(alphabet="uscmanrtofgwdklpb()-0123456789.", max_size=40))
def test_any_text_is_a_network_or_refused(text: str) -> None:
    with contextlib.suppress(ArchitectureError):
        Architecture.from_text(text).trace()


def test_every_layer_with_random_numbers_has_a_seed_of_its_own() -> None:
    seeds = initial_seeds(Architecture.tutorial(), 0)
    assert list(seeds) == ["conv2d", "conv2d_1", "conv2d_2", "dense", "dense_1"]
    assert len(set(seeds.values())) == 5
    assert seeds != initial_seeds(Architecture.tutorial(), 1)


def test_layers_inside_a_block_count_too() -> None:
    text = "u-(" + "-".join(["c3k1p"] * 70) + ")-f-d10l"
    with pytest.raises(ArchitectureError, match="Received 73"):
        Architecture.from_text(text).rows()
