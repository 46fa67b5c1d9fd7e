"""The exported code is run, not read: what it builds is compared with what we build."""

import keras
import numpy as np
import pytest

from core.errors import ArchitectureError
from core.model.construction.network import build
from core.model.structure.architecture import Architecture
from core.model.structure.script import keras_script, model_code

EVERY_KIND = "s-c8pg-n-r-(c8plb-n0.5u-tg-o0.25)-m2s1p-c8k5s2pw-tw-a2p-(c8p)-ga-d12b-d10l"


@pytest.mark.parametrize(
    "text",
    [
        Architecture.tutorial().to_text(),
        Architecture.strong().to_text(),
        Architecture.airbench().to_text(),
        EVERY_KIND,
    ],
)
def test_code_with_a_seed_builds_the_very_same_network(text: str) -> None:
    architecture = Architecture.from_text(text)
    scope: dict[str, object] = {"keras": keras, "layers": keras.layers}
    exec(model_code(architecture, seed=5), scope)
    theirs, ours = scope["model"], build(architecture, seed=5)
    assert isinstance(theirs, keras.Model)
    pixels = np.random.default_rng(0).random((4, 32, 32, 3), np.float32)
    assert np.array_equal(theirs(pixels), ours(pixels))
    assert theirs.count_params() == architecture.parameter_count


def test_the_whole_script_runs(capsys: pytest.CaptureFixture[str]) -> None:
    exec(keras_script(Architecture.tutorial()), {})
    assert "94,890" in capsys.readouterr().out


def test_an_impossible_stack_has_no_script() -> None:
    with pytest.raises(ArchitectureError):
        keras_script(Architecture.from_text("u-c32-d10l"))
