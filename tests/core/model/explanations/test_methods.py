"""Every method of explaining an answer, on a real network and a real image."""

import numpy as np
import pytest

from core.data import registry
from core.model.explanations import METHODS
from core.training.runs.catalogue import find_run
from core.training.runs.snapshot import Snapshot


@pytest.mark.parametrize("name", sorted(METHODS))
def test_heat_and_sentences(name: str) -> None:
    network, image = Snapshot(find_run("digits"), 10).network(), np.asarray(registry.load("digits").test.images[0])
    found = METHODS[name].explain(network, image, 3)
    assert (found.heat.shape, found.heat.dtype) == ((32, 32), np.float32)
    assert np.isfinite(found.heat).all() and found.heat.any()
    for text in (found.sentence, found.how):
        assert "“three”" in text.format(answer="three")
    assert METHODS[name].title
    assert METHODS[name].weakness.endswith(".")
