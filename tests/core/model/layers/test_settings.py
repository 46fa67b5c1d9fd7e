import pytest

from core.errors import ArchitectureError
from core.model.layers import KINDS, Layer
from core.model.layers.activations import Activation
from core.model.layers.convolution import Conv2D
from core.model.layers.dropout import Dropout
from core.model.layers.normalization import BatchNormalization
from core.model.layers.pooling import MaxPooling2D
from core.model.layers.settings import LayerSetting
from core.settings import Number

SETTINGS = [
    pytest.param(kind, name, setting, id=f"{kind.__name__}.{name}")
    for kind in KINDS.values()
    for name, setting in LayerSetting.of(kind).items()
]


@pytest.mark.parametrize(("kind", "name", "setting"), SETTINGS)
def test_nonsense_is_refused_with_three_sentences(kind: type[Layer], name: str, setting: LayerSetting) -> None:
    options = {key: value for key, value in kind.fresh().items() if key != "kind"}
    values = setting.values
    outside = [values.high + setting.step, values.low - 1] if isinstance(values, Number) else []
    for nonsense in [*outside, "banana", [], float("nan"), 0.5j]:
        with pytest.raises(ArchitectureError) as caught:
            kind(**options | {name: nonsense})
        expected, received, remedy = str(caught.value).split(". ", 2)
        assert expected.startswith(f"Expected the {setting.label} of {kind.__name__} ")
        assert received.startswith("Received ")
        assert remedy.endswith(".")


def test_sentences_by_hand() -> None:
    with pytest.raises(ArchitectureError) as caught:
        Conv2D(filters=9999)
    assert str(caught.value) == (
        "Expected the filters of Conv2D to be a whole number from 1 to 512. Received 9,999. "
        "Choose a value in that range."
    )
    with pytest.raises(ArchitectureError) as caught:
        Dropout(rate=2.0)
    assert str(caught.value) == "Expected the rate of Dropout from 0 to 0.95. Received 2.0. 0.25 drops a quarter."
    with pytest.raises(ArchitectureError) as caught:
        Activation(function="relu")  # type: ignore[arg-type]
    assert str(caught.value) == (
        "Expected the function of Activation to be one of gelu, silu. Received 'relu'. Choose one of them."
    )


def test_truth_is_no_number_and_no_number_is_truth() -> None:
    with pytest.raises(ArchitectureError):
        Conv2D(filters=True)
    with pytest.raises(ArchitectureError):
        Conv2D(filters=8, use_bias=1)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("layer", "text"),
    [
        (Conv2D(filters=32), "c32"),
        (Conv2D(filters=8, kernel_size=5, strides=2, padding="same", activation="silu", use_bias=False), "c8k5s2pwb"),
        (MaxPooling2D(), "m2"),
        (MaxPooling2D(pool_size=3, strides=1, padding="same"), "m3s1p"),
        (BatchNormalization(), "n"),
        (BatchNormalization(momentum=0.5, scale=False), "n0.5u"),
        (BatchNormalization(momentum=0.00001), "n0.00001"),
        (Dropout(), "o0.25"),
        (Dropout(rate=0), "o0"),
    ],
)
def test_links_by_hand(layer: Layer, text: str) -> None:
    assert layer.to_text() == text
    assert type(layer).from_text(text) == layer
