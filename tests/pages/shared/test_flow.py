import pytest

from core.model.inference.inspection import map_layers
from core.model.structure.architecture import Architecture
from core.model.structure.feeds import feeds
from pages.shared.flow import origin


def origins(architecture: Architecture) -> dict[str, str]:
    layers = [layer for layer in map_layers(architecture) if layer.kind != "other"]
    wiring = feeds(architecture, [layer.name for layer in layers])
    counts = {"": 3} | {layer.name: layer.shape[-1] for layer in layers}
    return {layer.name: origin(wiring.of[layer.name], counts, layer) for layer in layers}


@pytest.mark.parametrize(
    ("layer", "words"),
    [
        ("conv2d", "Computed from all 3 channels of the input."),
        ("max_pooling2d", "Pooled from map {map} of conv2d alone."),
        ("conv2d_2", "Computed from all 32 maps of max_pooling2d_1."),
    ],
)
def test_plain_stack(layer: str, words: str) -> None:
    assert origins(Architecture.tutorial())[layer] == words


def test_what_lies_between_is_named() -> None:
    network = Architecture.from_text("s-c8p-n-r-(c16plb-n-c8plb-n)-r-o0.3-m2-c8-ga-d10l")
    told = origins(network)
    assert told["conv2d"] == "Computed from all 3 channels of the input (through input scaling)."
    assert told["conv2d_2"] == "Computed from all 16 maps of conv2d_1 (through normalization)."
    assert told["max_pooling2d"] == (
        "Pooled from map {map} of conv2d_2 (through normalization, the block's sum, ReLU) and "
        "map {map} of conv2d (through normalization, ReLU, the block's sum, ReLU)."
    )


def test_maps_of_one_map_each_are_told_from_pooled_ones() -> None:
    told = origins(Architecture.from_text("u-c8-dw-n-dw-f-d10l"))
    assert told["depthwise_conv2d"] == "Computed from map {map} of conv2d alone."
    assert told["depthwise_conv2d_1"] == "Computed from map {map} of depthwise_conv2d (through normalization)."
