"""Against NumPy: singular values by its SVD, steps written out."""

import keras
import numpy as np
import pytest
from numpy.typing import NDArray

from core.data.dataset import Dataset
from core.model.structure.architecture import Architecture
from core.training.data import divide
from core.training.recipe import Recipe
from core.training.steps.loop import Trainer
from core.training.steps.orthogonal import OrthogonalSGD, orthogonal
from core.training.steps.start import initial_network

Matrix = NDArray[np.float64]


def expected(matrix: NDArray[np.floating]) -> Matrix:
    """The same singular vectors; each singular value, over the length of all, thrice through the polynomial."""
    left, values, right = np.linalg.svd(np.asarray(matrix, np.float64), full_matrices=False)
    values /= np.sqrt((values**2).sum())
    for _ in range(3):
        values = 3.4445 * values - 4.7750 * values**3 + 2.0315 * values**5
    return (left * values) @ right


@pytest.mark.parametrize("shape", [(5, 5), (12, 4), (4, 30), (1, 7), (216, 64)])
def test_singular_vectors_stay_and_values_are_those_of_the_polynomial(shape: tuple[int, int]) -> None:
    matrix = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    found = np.asarray(orthogonal(matrix))
    assert np.allclose(found, expected(matrix), atol=1e-5)


def test_larger_singular_values_end_near_one_whatever_the_scale() -> None:
    matrix = np.random.default_rng(1).normal(size=(64, 16)).astype(np.float32)
    for scale in (1e-3, 1.0, 1e3):
        values = np.linalg.svd(np.asarray(orthogonal(scale * matrix)), compute_uv=False)
        assert values.min() > 0.6 and values.max() < 1.25


def test_a_matrix_that_is_orthogonal_keeps_its_directions_and_zero_stays_zero() -> None:
    turned = np.linalg.qr(np.random.default_rng(2).normal(size=(6, 6)))[0].astype(np.float32)
    found = np.asarray(orthogonal(turned))
    assert np.allclose(found / found[0, 0], turned / turned[0, 0], atol=1e-4)
    assert not np.asarray(orthogonal(np.zeros((3, 4), np.float32))).any()


def test_two_steps_of_a_kernel_are_those_written_out() -> None:
    """Momentum of the gradients, Nesterov's look ahead, a kernel brought to its length, then the step."""
    random = np.random.default_rng(3)
    start = random.normal(size=(3, 3, 4, 6)).astype(np.float32)
    gradients = [random.normal(size=start.shape).astype(np.float32) for _ in range(2)]
    layer = keras.layers.Conv2D(6, 3, use_bias=False, name="conv2d_7")
    layer.build((None, 8, 8, 4))
    layer.kernel.assign(start)
    optimizer = OrthogonalSGD(0.5, momentum=0.9, nesterov=True, orthogonal_rate=0.2, orthogonal_momentum=0.7)
    optimizer.build([layer.kernel])
    kernel, momentum = start.astype(np.float64), np.zeros(start.shape)
    for gradient in gradients:
        optimizer.apply([keras.ops.convert_to_tensor(gradient)], [layer.kernel])
        momentum = 0.7 * momentum + gradient
        turn = expected((gradient + 0.7 * momentum).reshape(36, 6)).reshape(start.shape)
        kernel = kernel * np.sqrt(6) / np.sqrt((kernel**2).sum()) - 0.2 * 0.5 * turn
    assert np.allclose(layer.kernel, kernel, atol=1e-5)


def test_everything_but_the_kernels_of_convolutions_learns_as_in_sgd(digits: Dataset) -> None:
    architecture = Architecture.from_text("s-c8s2p-n-r-dw3p-c8p-n-m2-f-d10l")
    options = {"learning_rate": 0.05, "momentum": 0.8, "optimizer": "sgd", "batch_size": 50, "training_images": 200}
    changed = []
    for rate in (0.0, 0.5):
        recipe = Recipe(orthogonal_rate=rate, **options)
        data = divide(digits, recipe, 0)
        network = initial_network(architecture, recipe, data, 0)
        trainer = Trainer(network, recipe, data.images, data.labels, data.train, seed=0)
        next(trainer.run_epoch())
        changed.append({v.path: np.asarray(v) for v in network.trainable_variables})
    plain, turned = changed
    assert any("depthwise" in path for path in plain)
    for path, values in plain.items():
        is_kernel_of_convolution = path.startswith("conv2d") and path.endswith("kernel")
        assert np.allclose(turned[path], values, atol=1e-6) != is_kernel_of_convolution, path
