from core.model.structure.architecture import Architecture
from core.model.structure.blocks import blocks


def labels(text: str) -> list[str]:
    return [block.label for block in blocks(Architecture.from_text(text))]


def test_the_tutorials_blocks_end_before_the_next_convolution_or_dense_layer() -> None:
    assert labels("u-c32-m2-c32-m2-c64-f-d64-d10l") == [
        "conv2d … max_pooling2d", "conv2d_1 … max_pooling2d_1", "conv2d_2", "dense", "dense_1",
    ]  # fmt: skip


def test_a_residual_block_is_one_with_what_follows_its_sum() -> None:
    found = blocks(Architecture.strong())
    assert [block.label for block in found[:4]] == [
        "conv2d",
        "conv2d_1 … activation",
        "conv2d_2 … activation_2",
        "conv2d_4 … activation_3",
    ]
    assert found[-2].label == "global_max_pooling2d"
    assert found[-1].last.output_shape == (10,)


def test_every_layer_that_changes_numbers_is_in_one_block() -> None:
    for architecture in (Architecture.strong(), Architecture.airbench(), Architecture.tutorial()):
        rows = [row.name for row in architecture.rows() if row.kind not in ("Rescaling", "Flatten")]
        bounds = [(rows.index(block.first.name), rows.index(block.last.name)) for block in blocks(architecture)]
        assert [place for first, last in bounds for place in range(first, last + 1)] == list(range(len(rows)))


def test_a_network_without_convolutions() -> None:
    assert labels("u-f-d64-d10l") == ["dense", "dense_1"]
    assert labels("u-m4-f-d10l") == ["max_pooling2d", "dense"]
