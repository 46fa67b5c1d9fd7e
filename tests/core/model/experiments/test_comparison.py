"""All methods one after the other: each of them says what it says alone, and the progress is told."""

import numpy as np

from core import cached
from core.data.sets import sample
from core.model.explanations import METHODS
from core.training.runs.catalogue import find_run
from core.training.runs.snapshot import Snapshot

PIXELS = np.asarray(sample.load().test.images[0]).tobytes()


def test_each_method_says_what_it_says_alone() -> None:
    snapshot = Snapshot(find_run("digits"), 10)
    work = cached.comparison(snapshot, PIXELS, 3)
    learned, fresh = work.result()
    assert work.count == work.total == 2 * len(METHODS)
    assert list(learned) == list(fresh) == list(METHODS)
    for method in METHODS:
        alone = cached.explanation(method, snapshot, PIXELS, 3).heat
        np.testing.assert_array_equal(learned[method], alone)
        untrained = cached.untrained_explanation(method, snapshot.architecture, PIXELS, 3).heat
        np.testing.assert_array_equal(fresh[method], untrained)
        assert not np.array_equal(alone, untrained)
