import numpy as np

from core.bounded import size_of
from core.model.inference.steepness import Steepness
from core.model.structure.architecture import Architecture
from core.model.structure.weights import Weight

GRADIENTS = {
    "conv2d.kernel": np.array([[[[3, 0], [0, 1]], [[4, 2], [0, -7]]]], np.float32),  # (1, 2, 2, 2)
    "dense.kernel": np.array([[1, -9], [2, 0]], np.float32),
    "dense.bias": np.array([-5, 4], np.float32),
}


def test_of_slopes_by_hand() -> None:
    found = Steepness.of(np.zeros((1, 10), np.float32), GRADIENTS)
    assert found.steepest == {
        "conv2d.kernel": Weight("conv2d.kernel", (0, 1, 1, 1)),
        "dense.kernel": Weight("dense.kernel", (0, 1)),
        "dense.bias": Weight("dense.bias", (0,)),
    }
    norms = {name: values.tolist() for name, values in found.by_filter.items()}
    assert norms == {"conv2d.kernel": [5, 54**0.5], "dense.kernel": [5**0.5, 9], "dense.bias": [5, 4]}


def test_those_of_a_large_network_take_little() -> None:
    kernels = [row.layer for row in Architecture.strong().rows() if row.kind == "Conv2D"]
    gradients = {f"conv2d_{n}.kernel": np.ones((3, 3, 64, each.filters), np.float32) for n, each in enumerate(kernels)}
    few = Steepness.of(np.zeros((32, 10), np.float32), gradients)
    assert 50 * size_of(few) < size_of(gradients)
