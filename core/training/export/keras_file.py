"""A run's network as a `.keras` file."""

import tempfile
from pathlib import Path

from core.training.runs.run import Run
from core.training.runs.snapshot import Snapshot


def keras_name(run: Run, epoch: int) -> str:
    """Return the name under which the network after `epoch` is saved."""
    return f"{run.id}-{epoch}.keras"


def as_keras(run: Run, epoch: int) -> bytes:
    """Return the network after `epoch` as a `.keras` file, ready for `evaluate` on pixels in 0..1 and labels.

    Raises:
        RunError: that snapshot is not there.
    """
    import keras

    network = Snapshot(run, epoch).keras_model()
    network.compile(
        keras.optimizers.SGD(), loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"]
    )
    network.optimizer.build(network.trainable_variables)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "network.keras"
        network.save(path)
        return path.read_bytes()
