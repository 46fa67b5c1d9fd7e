"""A snapshot is the weights of one run after one epoch: loading them as a network, or only the first kernels."""

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import h5py
import numpy as np
from numpy.typing import NDArray

from core.errors import RunError
from core.model.architecture import Architecture
from core.model.inspection import has_convolution

if TYPE_CHECKING:
    import keras

    from core.model.inference import Network

NO_CONVOLUTION = (
    "Expected a network with a convolution. Received one without, which has no kernels to show. "
    "Choose another run in the sidebar."
)

_UNREADABLE = (OSError, ValueError, KeyError, RuntimeError, TypeError, AttributeError)
"""What reading a missing or damaged weights file raises."""


class _Config(Protocol):
    @property
    def architecture(self) -> Architecture: ...
    @property
    def seed(self) -> int: ...


class SnapshotSource(Protocol):
    """What this module needs of a run (`core.training.runs.Run`)."""

    @property
    def id(self) -> str:
        """Name of the run."""

    @property
    def config(self) -> _Config:
        """Its architecture and seed."""

    def weights_path(self, epoch: int) -> Path:
        """Where the weights after `epoch` are."""


def load_network(run: SnapshotSource, epoch: int) -> "Network":
    """Return the network of `run` with its weights after `epoch`, to be asked.

    Raises:
        RunError: that snapshot is not there or damaged.
    """
    from core.model.inference import Network

    architecture = run.config.architecture
    try:
        with h5py.File(run.weights_path(epoch)) as file:
            weights = [values for row in architecture.rows() if row.parameters for values in _weights(file, row.name)]
        return Network(architecture, weights)
    except _UNREADABLE as error:
        raise _missing(run, epoch) from error


def load_keras_model(run: SnapshotSource, epoch: int) -> "keras.Model":
    """Return the same as a Keras model, to be saved or changed.

    Raises:
        RunError: that snapshot is not there or damaged.
    """
    from core.model.network import build

    network = build(run.config.architecture, seed=run.config.seed)
    try:
        network.load_weights(run.weights_path(epoch))
    except _UNREADABLE as error:
        raise _missing(run, epoch) from error
    return network


def first_layer_kernels(run: SnapshotSource, epoch: int) -> NDArray[np.float32]:
    """Return the kernels (height, width, in_channels, filters) of the first convolution, without TensorFlow.

    Raises:
        RunError: that snapshot is not there or damaged, or the network has no convolution.
    """
    return _first_layer(run, epoch)[0]


def first_layer_biases(run: SnapshotSource, epoch: int) -> NDArray[np.float32]:
    """Return the biases (filters,) of the first convolution, zeros where it has none; see `first_layer_kernels`."""
    kernels, *biases = _first_layer(run, epoch)
    return biases[0] if biases else np.zeros(kernels.shape[-1], np.float32)


def _first_layer(run: SnapshotSource, epoch: int) -> list[NDArray[np.float32]]:
    if not has_convolution(run.config.architecture):
        raise RunError(NO_CONVOLUTION)
    try:
        with h5py.File(run.weights_path(epoch)) as file:
            return _weights(file, "conv2d")
    except _UNREADABLE as error:
        raise _missing(run, epoch) from error


def _weights(file: h5py.File, layer: str) -> list[NDArray[np.float32]]:
    """Return the weights of one layer as Keras saved them: kernel and bias, or those of a normalization."""
    variables = file[f"layers/{layer}/vars"]
    return [np.asarray(variables[str(number)], np.float32) for number in range(len(variables))]


def _missing(run: SnapshotSource, epoch: int) -> RunError:
    if not any(run.weights_path(epoch).parent.glob("epoch-*.weights.h5")):
        return RunError(
            f"Expected a snapshot of run {run.id}. Received none yet: the first comes when its training begins. "
            "Wait for it, or choose another run in the sidebar."
        )
    return RunError(
        f"Expected the weights of run {run.id} after epoch {epoch}. Received no readable file. Choose another epoch."
    )
