"""Writes a run's folder while it trains. Only the process that holds the folder's lock may do so."""

from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray

from core.config import WHITE
from core.model.quality.evaluation import evaluate, half_precision, softmax
from core.training.runs.files import replacing, write_json
from core.training.runs.mail import Status
from core.training.runs.run import EPOCH_COLUMNS, STEP_COLUMNS, snapshot_path
from core.training.runs.tables import Table
from core.training.steps.loop import StepMetrics


class Recorder:
    """Appends to the tables, replaces everything else whole.

    Args:
        steps_done: steps that a resumed network has behind it; later lines of a crashed worker are dropped.
        epochs_done: whole epochs among them.
    """

    def __init__(self, folder: Path, *, steps_done: int = 0, epochs_done: int = 0) -> None:
        self.folder = folder
        (folder / "snapshots").mkdir(parents=True, exist_ok=True)
        self._steps = Table(folder / "steps.csv", STEP_COLUMNS, until=steps_done)
        self._epochs = Table(folder / "epochs.csv", EPOCH_COLUMNS, until=epochs_done)

    def step(self, metrics: StepMetrics, elapsed_s: float) -> None:
        """Append one step."""
        self._steps.append(
            step=metrics.step,
            epoch=metrics.epoch,
            loss=metrics.loss,
            accuracy=metrics.accuracy,
            learning_rate=metrics.learning_rate,
            elapsed_s=elapsed_s,
        )

    def epoch(self, **values: float) -> None:
        """Append one epoch; the names are those of `run.EPOCH_COLUMNS`."""
        self._epochs.append(**values)

    def snapshot(
        self,
        network: keras.Model,
        epoch: int,
        logits: NDArray[np.float32],
        labels: NDArray[np.integer],
        fingerprint: str,
    ) -> None:
        """Keep logits, evaluation and weights after `epoch`; the weights last, so that they vouch for the rest."""
        kept = half_precision(logits)
        with replacing(snapshot_path(self.folder, epoch, "logits.npy")) as temporary:
            np.save(temporary, kept)
        evaluation = evaluate(kept, labels, fingerprint=fingerprint)
        write_json(snapshot_path(self.folder, epoch, "evaluation.json"), evaluation.to_json())
        with replacing(snapshot_path(self.folder, epoch, "weights.h5")) as temporary:
            keras.Model(network.inputs, network.outputs).save_weights(temporary)  # without the optimizer's state

    def resume_point(self, network: keras.Model) -> None:
        """Keep the full state, optimizer included."""
        with replacing(self.folder / "resume.keras") as temporary:
            network.save(temporary)

    def live(
        self, network: keras.Model, logits: NDArray[np.float32], pinned: NDArray[np.uint8], metrics: StepMetrics
    ) -> None:
        """Replace live.npz: first-layer kernels and largest outputs for `pinned` (p, 32, 32, 3), and its answers."""
        kernels, peaks = first_layer(network, pinned.astype(np.float32) / np.float32(WHITE))
        with replacing(self.folder / "live.npz") as temporary, temporary.open("wb") as file:
            np.savez(
                file,
                kernels=kernels,
                peaks=peaks,
                probabilities=softmax(logits).astype(np.float32),
                epoch=metrics.epoch,
                step=metrics.step,
            )

    def status(self, status: Status) -> None:
        """Replace status.json, as of this moment."""
        status.now().write(self.folder)

    def close(self) -> None:
        """Close the tables."""
        self._steps.close()
        self._epochs.close()


def first_layer(network: keras.Model, pixels: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return kernels (h, w, in_channels, filters) of the first convolution and each filter's largest output (filters,).

    Both are empty when the network begins with something else than scaling and a convolution.
    """
    value = pixels
    for layer in network.layers[1:]:
        value = layer(value)
        if isinstance(layer, keras.layers.Conv2D):
            return np.asarray(layer.kernel), np.asarray(value, np.float32).max(axis=(0, 1, 2))
        if not isinstance(layer, keras.layers.Rescaling):
            break
    return np.empty((0, 0, 3, 0), np.float32), np.empty(0, np.float32)
