"""The frames of the time machine are what each snapshot says on its own."""

import numpy as np
import pytest

from core.data import registry
from core.errors import RunError
from core.model.inference.inspection import maps_and_logits
from core.model.quality.evaluation import softmax
from core.training.runs.catalogue import find_run
from core.training.runs.snapshot import Snapshot
from core.training.studies.frames import frames


def test_every_frame_equals_its_snapshot() -> None:
    run, image = find_run("digits"), np.asarray(registry.load("digits").test.images[3])
    found = frames([Snapshot(run, epoch) for epoch in (0, 4, 10)], image, layer="conv2d_1", at_most=5)
    assert found.maps.shape == (3, 13, 13, 5)
    for place, epoch in enumerate(found.epochs):
        network = Snapshot(run, epoch).network()
        np.testing.assert_array_equal(found.kernels[place], Snapshot(run, epoch).first_layer_kernels())
        maps, _ = maps_and_logits(network, image)
        np.testing.assert_allclose(found.maps[place], maps["conv2d_1"][..., :5], atol=1e-6)
        logits = network.logits(image[np.newaxis])[0]
        np.testing.assert_allclose(found.probabilities[place], softmax(logits), atol=1e-6)


def test_an_unknown_layer_falls_back_to_the_first_and_a_missing_snapshot_is_explained() -> None:
    run, image = find_run("digits"), np.zeros((32, 32, 3), np.uint8)
    assert frames([Snapshot(run, epoch) for epoch in (0,)], image, layer="conv99").layer == "conv2d"
    with pytest.raises(RunError, match="Expected the weights"):
        frames([Snapshot(run, epoch) for epoch in (99,)], image, layer="conv2d")
