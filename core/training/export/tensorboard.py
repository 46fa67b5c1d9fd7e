"""A run as TensorBoard logs."""

import io
import tempfile
import zipfile
from pathlib import Path

from core.errors import RunError
from core.training.runs.run import Run
from core.training.runs.snapshot import Snapshot


def as_tensorboard(run: Run) -> bytes:
    """Return a zip archive of TensorBoard logs: steps and epochs of training, epochs of validation, first kernels.

    Of a very long run they hold an even choice of its steps, as `Run.steps` does; `as_csv` holds them all.
    """
    from core.training.export.event_file import EventFile

    steps, epochs = run.steps(), run.epoch_table()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / run.id
        with EventFile(root / "train") as file:
            file.scalars(steps["step"], {f"step_{name}": steps[name] for name in ("loss", "accuracy", "learning_rate")})
            file.scalars(epochs["epoch"], {f"epoch_{name}": epochs[name] for name in ("loss", "accuracy")})
            for epoch in run.epochs:
                try:
                    file.histogram("first_layer_kernels", epoch, Snapshot(run, epoch).first_layer_kernels())
                except RunError:
                    break  # the network begins with no convolution
        with EventFile(root / "validation") as file:
            file.scalars(epochs["epoch"], {f"epoch_{name}": epochs[f"val_{name}"] for name in ("loss", "accuracy")})
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted(root.rglob("*")):
                if path.is_file():
                    archive.write(path, path.relative_to(root.parent))
        return buffer.getvalue()
