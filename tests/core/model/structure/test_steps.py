from core.model.structure.architecture import Architecture


def test_a_block_is_taken_apart_into_branch_and_sum() -> None:
    steps = Architecture.from_text("s-c8-(c8p-r)-r-f-d10l").steps()
    assert [(step.name, step.inputs, step.position, step.inside) for step in steps] == [
        ("rescaling", (0,), -1, None),
        ("conv2d", (1,), 0, None),
        ("conv2d_1", (2,), 1, 0),
        ("re_lu", (3,), 1, 1),
        ("add", (2, 4), 1, None),
        ("re_lu_1", (5,), 2, None),
        ("flatten", (6,), 3, None),
        ("dense", (7,), 4, None),
    ]
