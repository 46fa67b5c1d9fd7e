"""A snapshot is the weights of one run after one epoch, with what it answered to its run's validation data."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.errors import RunError
from core.model.inference.inspection import has_convolution
from core.model.quality.evaluation import Evaluation
from core.model.structure.architecture import Architecture
from core.model.structure.trace import LayerRow
from core.page_runs import page_runs
from core.training.runs.files import Remembered, read_array, read_json
from core.training.runs.run import Run, snapshot_path

if TYPE_CHECKING:
    import h5py
    import keras

    from core.model.inference.networks import Network

NO_CONVOLUTION = (
    "Expected a network with a Conv2D layer. Received one without, which has no such kernels to show. "
    "Choose another run in the sidebar."
)

_UNREADABLE = (OSError, ValueError, KeyError, RuntimeError, TypeError, AttributeError)
"""What reading a missing or damaged weights file raises."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One run after one epoch. Cheap to make, equal where run and epoch are; every call reads its files.

    Attributes:
        run: whose weights.
        epoch: after how many passes over the training images; 0 is before any training.

    """

    run: Run
    epoch: int

    @property
    def architecture(self) -> Architecture:
        """The network's."""
        return self.run.config.architecture

    @property
    def weights_path(self) -> Path:
        """Where its weights are."""
        return snapshot_path(self.run.folder, self.epoch, "weights.h5")

    def network(self) -> "Network":
        """Return the network with these weights, to be asked; `core.cached.network` remembers it.

        Raises:
            RunError: the weights are not there or damaged.
        """
        from core.model.inference.networks import Network

        with self._read():
            return Network(self.architecture, [values for layer in self.weights().values() for values in layer])

    def weights(self) -> dict[str, list[NDArray[np.float32]]]:
        """Return the weights of every layer that has any, by its name, in the order of Keras; without TensorFlow.

        Raises:
            RunError: they are not there or damaged.
        """
        with page_runs.aside(), self._weights_file() as file:  # many are unpacked for tenths of a second
            return {row.name: _checked(file, row) for row in self.architecture.rows() if row.parameters}

    def keras_model(self) -> "keras.Model":
        """Return the same as a Keras model, to be saved or changed.

        Raises:
            RunError: the weights are not there or damaged.
        """
        from core.model.construction.network import build

        model = build(self.architecture, seed=self.run.config.seed)
        with self._read():
            model.load_weights(self.weights_path)
        return model

    def first_layer_kernels(self) -> NDArray[np.float32]:
        """Return the kernels (height, width, in_channels, filters) of the first convolution, without TensorFlow.

        Raises:
            RunError: the weights are not there or damaged, or the network has no convolution.
        """
        return self._first_layer()[0]

    def first_layer_biases(self) -> NDArray[np.float32]:
        """Return the biases (filters,) of the first convolution, zeros where it has none; raises as the kernels do."""
        kernels, *biases = self._first_layer()
        return biases[0] if biases else np.zeros(kernels.shape[-1], np.float32)

    def logits(self) -> NDArray[np.float16] | None:
        """Return the stored logits (n, classes) on the run's validation data; None when they were not kept."""
        found = read_array(snapshot_path(self.run.folder, self.epoch, "logits.npy"))
        if found is None or found.ndim != 2 or found.dtype.kind != "f":
            return None
        return found if found.shape[1] == self.architecture.classes else None

    def evaluation(self) -> Evaluation | None:
        """Return the stored evaluation on the run's validation data; None when it was not kept."""
        found = _evaluation(snapshot_path(self.run.folder, self.epoch, "evaluation.json"))
        return found if found is not None and found.classes == self.architecture.classes else None

    def _first_layer(self) -> list[NDArray[np.float32]]:
        if not has_convolution(self.architecture):
            raise RunError(NO_CONVOLUTION)
        return self.weights_of("conv2d")

    def weights_of(self, layer: str) -> list[NDArray[np.float32]]:
        """Return the weights of one layer, in the order of Keras, without TensorFlow.

        Raises:
            RunError: they are not there or damaged.
        """
        with self._weights_file() as file:
            return _weights(file, layer)

    @contextmanager
    def _weights_file(self) -> Iterator["h5py.File"]:
        import h5py  # not with the server's start, which it would hold up before the first page's first words

        with self._read(), h5py.File(self.weights_path) as file:
            yield file

    @contextmanager
    def _read(self) -> Iterator[None]:
        """Turn what a missing or damaged file raises into a sentence."""
        try:
            yield
        except _UNREADABLE as error:
            raise self._unreadable() from error

    def _unreadable(self) -> RunError:
        if not any(self.weights_path.parent.glob("epoch-*.weights.h5")):
            return RunError(
                f"Expected a snapshot of run {self.run.id}. Received none yet: the first comes when its training "
                "begins. Wait for it, or choose another run in the sidebar."
            )
        return RunError(
            f"Expected the weights of run {self.run.id} after epoch {self.epoch}. Received no readable file. "
            "Choose another epoch."
        )


def _weights(file: "h5py.File", layer: str) -> list[NDArray[np.float32]]:
    """Return the weights of one layer as Keras saved them: kernel and bias, or those of a normalization."""
    variables = file[f"layers/{layer}/vars"]
    return [np.asarray(variables[str(number)], np.float32) for number in range(len(variables))]


def _checked(file: "h5py.File", row: LayerRow) -> list[NDArray[np.float32]]:
    found = _weights(file, row.name)
    if sum(values.size for values in found) != row.parameters:
        raise ValueError(f"Expected {row.parameters} weights of {row.name}. Received another number.")
    return found


def _read_evaluation(path: Path) -> Evaluation | None:
    try:
        return Evaluation.from_json(read_json(path) or {})
    except (KeyError, TypeError, ValueError, OverflowError):
        return None


_evaluation = Remembered(_read_evaluation, at_most=1024)
