"""A run is a folder: this reads it. The worker writes it (`worker/recorder.py`), the web process only asks (`mail.py`).

Its files:

    config.json                            recipe, architecture, data set, seed, versions; written first, never changed
    steps.csv, epochs.csv                  grow while it trains
    snapshots/epoch-000.weights.h5         weights after epoch 0 (before any training), ...
    snapshots/epoch-000.logits.npy         float16 (n, classes) on the validation data; answers as the weights' own
    snapshots/epoch-000.evaluation.json    loss, accuracy, confusion, calibration on the validation data
    resume.keras, live.npz                 newest full state; first-layer kernels and pinned probabilities
    control.json, status.json, lock        what its owner wants, what it does, who writes
    others-wait                            there while it trains and others wait for their turn

Any of them may be damaged: that costs the run what the file would have told, and nobody else anything.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.config import SHIPPED_RUNS
from core.errors import RunError
from core.training.runs import tables
from core.training.runs.files import Remembered, read_arrays, read_json, stamp
from core.training.runs.mail import Standing, State, standing
from core.training.runs.run_config import RunConfig

STEP_COLUMNS = ("step", "epoch", "loss", "accuracy", "learning_rate", "elapsed_s")
EPOCH_COLUMNS = (
    "epoch", "loss", "accuracy", "val_loss", "val_accuracy", "learning_rate", "seconds", "cpu_seconds", "images_per_s",
)  # fmt: skip


class Run:
    """One run folder. Cheap to make; every call tells what is there now, and reads only what has changed.

    Args:
        config: what its config.json holds, where that is known; it never changes.
    """

    def __init__(self, folder: Path, config: RunConfig | None = None) -> None:
        self.folder, self._config = folder, config

    def __repr__(self) -> str:
        return f"Run({self.id!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Run) and other.folder == self.folder

    def __hash__(self) -> int:
        return hash(self.folder)

    @property
    def id(self) -> str:
        """Name of the folder, and of the run in the URL."""
        return self.folder.name

    @property
    def config(self) -> RunConfig:
        """What was decided before it started.

        Raises:
            RunError: there is no such run, or it is damaged.
        """
        if self._config is not None:
            return self._config
        found = _config(self.folder / "config.json")
        if isinstance(found, RunConfig):
            return found
        raise RunError(found)

    @property
    def title(self) -> str:
        """What a visitor reads."""
        return self.config.title

    @property
    def family(self) -> str:
        """On which images its snapshots make sense."""
        return self.config.family

    @property
    def shipped(self) -> bool:
        """Whether it came with Convscope."""
        return self.folder.parent == SHIPPED_RUNS

    @property
    def fingerprint(self) -> str:
        """Of the validation data its logits and evaluations were made on."""
        return self.config.fingerprint

    @property
    def epochs(self) -> tuple[int, ...]:
        """The epochs whose weights are there, ascending; 0 is before any training."""
        return _snapshots(self.folder / "snapshots")

    def status(self) -> Standing:
        """Return where it stands, whatever happened to its worker.

        Raises:
            RunError: there is no such run (any more), or it is damaged.
        """
        epochs = self.config.recipe.epochs
        if self.shipped:
            return Standing(state=State.FINISHED, epoch=epochs, epochs=epochs)
        found = standing(self.folder, epochs)
        if found.state == State.QUEUED and not self.folder.is_dir():
            raise RunError(_missing(self.id))
        return found

    def steps(self) -> dict[str, NDArray[np.float64]]:
        """Return the columns of steps.csv: step, epoch, loss, accuracy, learning_rate, elapsed_s.

        Of a very long run all the newest steps, and of those before them an even choice; see `tables.GrowingTable`.
        """
        return tables.table(self.folder / "steps.csv", STEP_COLUMNS)

    def epoch_table(self) -> dict[str, NDArray[np.float64]]:
        """Return the columns of epochs.csv; loss and accuracy are NaN at epoch 0, before any training."""
        return tables.table(self.folder / "epochs.csv", EPOCH_COLUMNS)

    def live(self) -> dict[str, NDArray[np.float32]]:
        """Return live.npz: kernels (h, w, in, filters), peaks (filters,), probabilities (pinned, classes), epoch, step.

        Nothing where it is missing or damaged.
        """
        found = read_arrays(self.folder / "live.npz")
        axes = {"kernels": 4, "probabilities": 2, "epoch": 0, "step": 0}
        whole = all(name in found and found[name].ndim == count for name, count in axes.items())
        return found if whole and all(each.dtype.kind in "fiu" for each in found.values()) else {}


def shipped_runs() -> list[Run]:
    """Return all runs that come with Convscope, by name."""
    return [Run(path.parent) for path in sorted(SHIPPED_RUNS.glob("*/config.json"))]


def snapshot_path(folder: Path, epoch: int, ending: str) -> Path:
    """Return the path of one file of a snapshot."""
    return folder / "snapshots" / f"epoch-{epoch:03d}.{ending}"


def _missing(run_id: str) -> str:
    return f"Expected a run called {run_id}. Received none of that name. Choose another run in the sidebar."


def _read_config(path: Path) -> RunConfig | str:
    """Return the configuration in `path`, or a sentence on what is wrong with it."""
    if stamp(path) is None:
        return _missing(path.parent.name)
    data = read_json(path)
    if data is None:
        return (
            f"Expected a readable config.json in the run {path.parent.name}. Received a damaged one. "
            "Choose another run; whoever runs this server can remove the folder."
        )
    try:
        return RunConfig.from_json(data | {"id": path.parent.name})
    except RunError as error:
        return str(error)


def _read_epochs(folder: Path) -> tuple[int, ...]:
    try:
        names = [path.name for path in folder.iterdir()]
    except OSError:
        return ()
    found = [name[6:].split(".")[0] for name in names if name.startswith("epoch-") and name.endswith(".weights.h5")]
    return tuple(sorted(int(epoch) for epoch in found if epoch.isdecimal() and len(epoch) < 7))


_config = Remembered(_read_config, at_most=4096)
_snapshots = Remembered(_read_epochs, at_most=4096)
