"""The exported program runs, and builds the same network."""

import io
from contextlib import redirect_stdout

import pytest

from core.errors import ArchitectureError
from core.model.architecture import Architecture
from core.model.keras_code import keras_code


@pytest.mark.parametrize(
    "text",
    [
        Architecture.tutorial().to_text(),
        Architecture.strong().to_text(),
        "u-c16p-(c16p-n-r-c16pl)-a3s2p-o0.5-c24k5s2b-ga-d32b-d10l",
    ],
)
def test_the_program_builds_the_same_layers(text: str) -> None:
    architecture = Architecture.from_text(text)
    names: dict[str, object] = {}
    with redirect_stdout(io.StringIO()):
        exec(keras_code(architecture), names)
    model = names["model"]
    built = [(type(layer).__name__, tuple(layer.output.shape[1:]), layer.count_params()) for layer in model.layers[1:]]
    assert built == [(row.kind, row.output_shape, row.parameters) for row in architecture.rows()]


def test_an_impossible_stack_has_no_program() -> None:
    with pytest.raises(ArchitectureError):
        keras_code(Architecture.from_text("u-f-c32-d10l"))
