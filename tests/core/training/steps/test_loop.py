from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest

from core.data.dataset import Dataset
from core.model.construction.network import build
from core.model.structure.architecture import Architecture
from core.training.data import divide
from core.training.recipe import Recipe
from core.training.steps.loop import StepMetrics, Trainer
from core.training.steps.start import initial_network
from core.training.steps.step import cross_entropy

SMALL = Architecture.from_text("u-c8s2-m2-f-d10l")
QUICK = Recipe(epochs=2, batch_size=50, training_images=200, learning_rate=3e-3, validation="test")


def trainer(digits: Dataset, recipe: Recipe = QUICK, seed: int = 0, architecture: Architecture = SMALL) -> Trainer:
    data = divide(digits, recipe, seed)
    network = initial_network(architecture, recipe, data, seed)
    return Trainer(network, recipe, data.images, data.labels, data.train, seed=seed)


def losses(trained: Trainer) -> list[float]:
    return [step.loss for _ in range(trained.recipe.epochs) for step in trained.run_epoch()]


NORMALIZED = Architecture.from_text("s-c8k2s2-n-r-c8p-n-m2-f-d10l")
PULLED = replace(
    QUICK, optimizer="sgd", learning_rate=0.05, lookahead_steps=2, whitening=True, keep_whitening=True, offset_rate=8.0
)
TURNED = replace(PULLED, lookahead_steps=0, orthogonal_rate=0.5)
POOLED = Architecture.from_text("s-c8k2-n-r-c8p-n-m2-gm-d10l")
EVERYTHING = replace(QUICK, flip="random", shift_pixels=2, cutout_pixels=4, label_smoothing=0.1, weight_decay=1e-2)


def test_the_seed_decides_everything(digits: Dataset) -> None:
    first, same, other = (losses(trainer(digits, EVERYTHING, seed)) for seed in (1, 1, 2))
    assert first == pytest.approx(same, rel=1e-6)
    assert first != pytest.approx(other, rel=1e-2)


def test_every_image_is_seen_once_an_epoch(digits: Dataset) -> None:
    trained = trainer(digits)
    assert (trained.steps_per_epoch, trained.steps) == (4, 8)
    seen = np.concatenate([trained.batch(step)[0] for step in range(4)])
    everything = digits.train.images[divide(digits, QUICK, 0).train]
    assert sorted(image.tobytes() for image in seen) == sorted(image.tobytes() for image in everything)
    assert not np.array_equal(trained.batch(0)[0], trained.batch(4)[0])


def test_the_last_batch_may_be_smaller(digits: Dataset) -> None:
    trained = trainer(digits, replace(QUICK, batch_size=150))
    assert [len(trained.batch(step)[1]) for step in range(2)] == [150, 50]


def test_alternating_flips_show_each_image_both_ways(digits: Dataset) -> None:
    trained = trainer(digits, replace(QUICK, flip="alternating"))
    first = np.concatenate([trained.batch(step)[0] for step in range(4)])
    second = np.concatenate([trained.batch(step)[0] for step in range(4, 8)])
    assert sorted(x[:, ::-1].tobytes() for x in first) == sorted(x.tobytes() for x in second)


def test_the_loss_falls_and_the_metrics_are_honest(digits: Dataset) -> None:
    trained = trainer(digits, replace(QUICK, epochs=6))
    everything: list[StepMetrics] = [step for _ in range(6) for step in trained.run_epoch()]
    assert [step.step for step in everything] == list(range(1, 25))
    assert everything[0].loss == pytest.approx(np.log(10), abs=0.2)  # random weights lean a little to some class
    assert everything[-1].loss < 0.7 * everything[0].loss
    assert trained.epochs_done == 6
    assert list(trained.run_epoch()) == []


def test_saved_in_mid_epoch_it_goes_on_as_if_never_stopped(digits: Dataset, tmp_path: Path) -> None:
    whole = losses(trainer(digits, EVERYTHING))
    halted = trainer(digits, EVERYTHING)
    steps = halted.run_epoch()
    begun = [next(steps).loss for _ in range(3)]
    halted.network.save(tmp_path / "resume.keras")
    data = divide(digits, EVERYTHING, 0)
    network = keras.saving.load_model(tmp_path / "resume.keras")
    again = Trainer(network, EVERYTHING, data.images, data.labels, data.train, seed=0)
    assert again.steps_done == 3
    assert begun + [x.loss for _ in range(2) for x in again.run_epoch()] == pytest.approx(whole, rel=1e-6)


@pytest.mark.parametrize("recipe", [PULLED, TURNED, replace(PULLED, orthogonal_rate=0.5)])
def test_saved_between_two_pulls_it_goes_on_as_if_never_stopped(
    digits: Dataset, tmp_path: Path, recipe: Recipe
) -> None:
    whole = losses(trainer(digits, recipe, architecture=NORMALIZED))
    halted = trainer(digits, recipe, architecture=NORMALIZED)
    steps = halted.run_epoch()
    begun = [next(steps).loss for _ in range(3)]
    halted.network.save(tmp_path / "resume.keras")
    network, data = keras.saving.load_model(tmp_path / "resume.keras"), divide(digits, recipe, 0)
    again = Trainer(network, recipe, data.images, data.labels, data.train, seed=0)
    assert begun + [x.loss for _ in range(2) for x in again.run_epoch()] == pytest.approx(whole, rel=1e-6)


def test_pulled_weights_are_those_computed_by_hand(digits: Dataset) -> None:
    """Two steps of plain SGD, then what NumPy makes of them and of the start; the third step is plain again."""
    plain = replace(QUICK, optimizer="sgd", momentum=0.0, learning_rate=0.1)
    free, pulled = trainer(digits, plain), trainer(digits, replace(plain, lookahead_steps=2))
    start = free.network.get_weights()
    steps = [iter(free.run_epoch()), iter(pulled.run_epoch())]
    for _ in range(2):
        assert next(steps[0]).loss == pytest.approx(next(steps[1]).loss, rel=1e-5)
    kept = 0.95**2 * (2 / free.steps) ** 3
    for slow, fast, found in zip(start, free.network.get_weights(), pulled.network.get_weights(), strict=True):
        assert np.allclose(found, kept * slow + (1 - kept) * fast, atol=1e-6)
    free.network.set_weights(pulled.network.get_weights())
    for each in steps:
        next(each)
    for expected, found in zip(free.network.get_weights(), pulled.network.get_weights(), strict=True):
        assert np.allclose(found, expected, atol=1e-6)


def test_kept_whitening_filters_stay_and_their_biases_learn(digits: Dataset) -> None:
    trained = trainer(digits, replace(PULLED, weight_decay=0.1), architecture=NORMALIZED)
    first = next(layer for layer in trained.network.layers if isinstance(layer, keras.layers.Conv2D))
    kernel = np.asarray(first.kernel).copy()
    losses(trained)
    assert np.array_equal(first.kernel, kernel)
    assert np.asarray(first.bias).any()


def test_offsets_move_as_many_times_further(digits: Dataset) -> None:
    plain = replace(QUICK, optimizer="sgd", momentum=0.0, learning_rate=0.01)
    moved = []
    for recipe in (plain, replace(plain, offset_rate=8.0)):
        trained = trainer(digits, recipe, architecture=NORMALIZED)
        next(trained.run_epoch())
        moved.append({v.path: np.asarray(v) for v in trained.network.trainable_variables})
    for path, values in moved[0].items():
        factor = 8.0 if path.endswith("/beta") else 1.0
        assert np.allclose(moved[1][path], factor * values, atol=1e-6), path


def test_adam_step_equals_keras_train_on_batch(digits: Dataset) -> None:
    """Without anything extra, our step is Keras' own."""
    ours = trainer(digits)
    pixels, labels = ours.batch(0)
    theirs = build(SMALL, seed=0)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    theirs.compile(keras.optimizers.Adam(3e-3), loss)
    expected = theirs.train_on_batch(pixels.astype(np.float32) / 255, labels)
    assert next(ours.run_epoch()).loss == pytest.approx(float(expected), rel=1e-6)
    for a, b in zip(ours.network.get_weights(), theirs.get_weights(), strict=True):
        assert np.allclose(a, b, atol=1e-6)


def test_a_step_on_crops_equals_that_of_a_smaller_keras_network(digits: Dataset) -> None:
    """The same weights in a network made for 20 x 20 pixels: same loss, same weights after a step."""
    ours = trainer(digits, replace(QUICK, crop_pixels=20), architecture=POOLED)
    pixels, labels = ours.batch(0)
    assert pixels.shape == (50, 20, 20, 3)
    described = ours.network.get_config()
    described["layers"][0]["config"]["batch_shape"] = (None, 20, 20, 3)
    theirs = keras.Model.from_config(described)
    theirs.set_weights(ours.network.get_weights())
    theirs.compile(keras.optimizers.Adam(3e-3), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    expected = theirs.train_on_batch(pixels.astype(np.float32) / 255, labels)
    assert next(ours.run_epoch()).loss == pytest.approx(float(expected), rel=1e-6)
    for a, b in zip(ours.network.get_weights(), theirs.get_weights(), strict=True):
        assert np.allclose(a, b, atol=1e-5)


def test_smoothed_cross_entropy_equals_keras() -> None:
    logits = np.random.default_rng(0).normal(size=(6, 10)).astype(np.float32)
    labels = np.arange(6, dtype=np.int32)
    expected = keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.2)(np.eye(10)[labels], logits)
    assert float(np.mean(cross_entropy(logits, labels, 0.2))) == pytest.approx(float(expected), rel=1e-5)


def test_weight_decay_shrinks_kernels_only(digits: Dataset) -> None:
    """With a gradient of zero left aside, one step at rate r scales kernels by 1 - r x decay."""
    plain = trainer(digits, replace(QUICK, optimizer="sgd", momentum=0.0, learning_rate=0.1))
    decayed = trainer(digits, replace(QUICK, optimizer="sgd", momentum=0.0, learning_rate=0.1, weight_decay=0.5))
    next(plain.run_epoch())
    next(decayed.run_epoch())
    for before, after in zip(plain.network.get_weights(), decayed.network.get_weights(), strict=True):
        factor = 0.95 if before.ndim > 1 else 1.0
        assert np.allclose(after, before * factor, atol=1e-6)


def test_scaled_head_trains_as_if_its_logits_were_multiplied(digits: Dataset) -> None:
    """Against a network that really multiplies: same logits before and after a step of plain SGD."""
    recipe = replace(QUICK, optimizer="sgd", momentum=0.0, learning_rate=0.5, head_scale=0.125)
    ours = trainer(digits, recipe)
    theirs = build(SMALL, seed=0)
    multiplied = keras.Model(theirs.input, theirs.output * 0.125)
    pixels, labels = ours.batch(0)
    scaled = pixels.astype(np.float32) / 255
    assert np.allclose(ours.network(scaled), multiplied(scaled), atol=1e-5)
    multiplied.compile(keras.optimizers.SGD(0.5), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    multiplied.train_on_batch(scaled, labels)
    next(ours.run_epoch())
    assert np.allclose(ours.network(scaled), multiplied(scaled), atol=1e-5)
