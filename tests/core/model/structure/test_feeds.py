import keras
import pytest

from core.model.construction.network import build
from core.model.inference.inspection import map_layers
from core.model.structure.architecture import Architecture
from core.model.structure.feeds import INPUT, feeds

RESIDUAL = Architecture.from_text("s-c8p-n-r-(c8plb-n-r-c8plb-n)-r-m2-c8-ga-d10l")


def shown(architecture: Architecture) -> list[str]:
    return [layer.name for layer in map_layers(architecture) if layer.kind != "other"]


def test_a_blocks_sum_is_fed_by_branch_and_shortcut() -> None:
    found = feeds(RESIDUAL, shown(RESIDUAL))
    pooled = {way.source: [row.kind for row in way.through] for way in found.of["max_pooling2d"]}
    assert pooled == {
        "conv2d_2": ["BatchNormalization", "Add", "ReLU"],
        "conv2d": ["BatchNormalization", "ReLU", "Add", "ReLU"],
    }
    assert [(way.source, way.through[0].kind) for way in found.of["conv2d"]] == [(INPUT, "Rescaling")]


def test_what_lies_behind_the_last_maps() -> None:
    tutorial = Architecture.tutorial()
    found = feeds(tutorial, shown(tutorial))
    assert [row.name for row in found.head] == ["flatten", "dense", "dense_1"]
    assert [way.source for way in found.logits] == ["conv2d_2"]
    assert sum(row.parameters for row in found.head) / tutorial.parameter_count > 0.69


@pytest.mark.parametrize("architecture", [Architecture.tutorial(), Architecture.strong(), RESIDUAL])
def test_the_wires_are_those_of_keras_graph(architecture: Architecture) -> None:
    """Walk back from every shown layer of the built model until another shown one, or the image, is met."""
    model, names = build(architecture, seed=0), set(shown(architecture))

    def sources(layer: keras.Layer) -> set[str]:
        reached: set[str] = set()
        for node in layer._inbound_nodes:
            for parent in node.parent_nodes:
                before = parent.operation
                if before.name in names:
                    reached.add(before.name)
                else:
                    reached |= sources(before) or {INPUT}
        return reached

    found = feeds(architecture, names)
    for name in names:
        assert {way.source for way in found.of[name]} == sources(model.get_layer(name))
    assert {way.source for way in found.logits} == sources(model.layers[-1])
