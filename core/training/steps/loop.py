"""The training loop: batches in, metrics out. It knows no files, no clocks and no screens."""

from collections.abc import Iterator
from dataclasses import dataclass

import keras
import numpy as np
from numpy.typing import NDArray

from core.training.recipe import Recipe
from core.training.steps.batches import batch_at
from core.training.steps.forward import training_pass
from core.training.steps.schedules import rate_at
from core.training.steps.statistics import STATISTICS_BATCHES, STATISTICS_IMAGES, measure_statistics
from core.training.steps.step import compiled_step, with_optimizer


@dataclass(frozen=True, slots=True, kw_only=True)
class StepMetrics:
    """One step: its number from 1, its epoch from 1, mean loss (nats) and accuracy (0..1) of its batch."""

    step: int
    epoch: int
    loss: float
    accuracy: float
    learning_rate: float
    images: int


@dataclass(slots=True)
class EpochMeans:
    """Means over the images of an epoch, as its steps come in; NaN before the first.

    Attributes:
        images: how many there were so far.
        loss_sum, right: the sum of their losses, and how many of them were right.
    """

    images: int = 0
    loss_sum: float = 0.0
    right: float = 0.0

    def add(self, metrics: StepMetrics) -> None:
        """Count a step in."""
        self.images += metrics.images
        self.loss_sum += metrics.loss * metrics.images
        self.right += metrics.accuracy * metrics.images

    @property
    def loss(self) -> float:
        """Mean loss in nats."""
        return self.loss_sum / self.images if self.images else float("nan")

    @property
    def accuracy(self) -> float:
        """Part that was right, 0..1."""
        return self.right / self.images if self.images else float("nan")


class Trainer:
    """Trains one network by one recipe.

    The batches of epoch e and the random changes of step s depend on (seed, e, s) only, and the optimizer counts the
    steps: a network loaded with its optimizer goes on exactly where it was saved.

    Args:
        network: from pixels in 0..1 to logits; keeps its optimizer when it has one.
        images: uint8 (n, 32, 32, 3).
        labels: (n,), classes.
        train: positions of the images to learn from.
        seed: of the order and the augmentation.
    """

    def __init__(
        self,
        network: keras.Model,
        recipe: Recipe,
        images: NDArray[np.uint8],
        labels: NDArray[np.integer],
        train: NDArray[np.int64],
        *,
        seed: int,
    ) -> None:
        self.network, self.recipe = network, recipe
        self._images, self._labels, self._train = images, np.asarray(labels, np.int32), train
        self._seed = seed
        self.steps_per_epoch = -(-len(train) // recipe.batch_size)
        self.steps = self.steps_per_epoch * recipe.epochs
        if getattr(network, "optimizer", None) is None:
            with_optimizer(network, recipe, self.steps)
        _go_on_drawing(network, self.steps_done)
        self._step = compiled_step(network, recipe, training_pass(network))

    @property
    def steps_done(self) -> int:
        """Steps the network has been trained for, saved ones included."""
        return int(self.network.optimizer.iterations.numpy())

    @property
    def epochs_done(self) -> int:
        """Whole epochs among them."""
        return self.steps_done // self.steps_per_epoch

    def run_epoch(self) -> Iterator[StepMetrics]:
        """Train to the end of the current epoch, a step at a time; stop asking, and it waits there."""
        while True:
            step = self.steps_done
            if step >= self.steps:
                return
            epoch = step // self.steps_per_epoch
            pixels, labels = self.batch(step)
            rate = rate_at(self.recipe, step, self.steps)
            loss, accuracy = self._step(pixels, labels, np.float32(rate))
            if (step + 1) % self.steps_per_epoch == 0 and self.recipe.fresh_statistics:
                self._measure_statistics(step)
            yield StepMetrics(
                step=step + 1,
                epoch=epoch + 1,
                loss=float(loss),
                accuracy=float(accuracy),
                learning_rate=rate,
                images=len(labels),
            )
            if (step + 1) % self.steps_per_epoch == 0:
                return

    def batch(self, step: int) -> tuple[NDArray[np.uint8], NDArray[np.int32]]:
        """Return the augmented images (b, 32, 32, 3) and labels (b,) of step `step` (from 0)."""
        return batch_at(step, self.recipe, self._images, self._labels, self._train, self._seed)

    def _measure_statistics(self, step: int) -> None:
        """Measure them on the batches up to step `step`, as they were changed."""
        count = min(-(-STATISTICS_IMAGES // self.recipe.batch_size), STATISTICS_BATCHES, self.steps_per_epoch)
        measure_statistics(self.network, (self.batch(step - back)[0] for back in range(count)))
        _go_on_drawing(self.network, self.steps_done)


def _go_on_drawing(network: keras.Model, steps: int) -> None:
    """Let layers that draw random numbers at every step go on as behind `steps` of them: Keras does not save where."""
    for layer in network.layers:
        generator = getattr(layer, "seed_generator", None)
        if generator is not None:
            generator.state.assign([generator.state[0], steps])  # the seed, and how often it has been asked
