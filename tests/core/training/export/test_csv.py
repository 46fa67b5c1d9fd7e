import io
import zipfile

from core.config import SHIPPED_RUNS
from core.training.export.csv import as_csv
from core.training.runs.run import Run

DIGITS = Run(SHIPPED_RUNS / "digits")


def test_csv_is_the_runs_own() -> None:
    with zipfile.ZipFile(io.BytesIO(as_csv(DIGITS))) as archive:
        assert archive.namelist() == ["digits/steps.csv", "digits/epochs.csv"]
        assert archive.read("digits/epochs.csv") == (DIGITS.folder / "epochs.csv").read_bytes()
