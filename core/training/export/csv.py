"""A run's numbers as CSV."""

import io
import zipfile

from core.training.runs.run import Run


def as_csv(run: Run) -> bytes:
    """Return a zip archive of `steps.csv` and `epochs.csv`."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("steps.csv", "epochs.csv"):
            path = run.folder / name
            if path.exists():
                archive.write(path, f"{run.id}/{name}")
    return buffer.getvalue()
