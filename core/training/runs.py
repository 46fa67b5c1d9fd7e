"""A run is a folder: this reads it. The worker writes it (`recorder.py`), the web process only asks (`queue.py`).

Its files:

    config.json                            recipe, architecture, data set, seed, versions; written first, never changed
    steps.csv, epochs.csv                  grow while it trains
    snapshots/epoch-000.weights.h5         weights after epoch 0 (the random start), ...
    snapshots/epoch-000.logits.npy         float16 (n, 10) on the validation data
    snapshots/epoch-000.evaluation.json    loss, accuracy, confusion, calibration on the validation data
    resume.keras, live.npz                 newest full state; first-layer kernels and pinned probabilities
    control.json, status.json, lock        what its owner wants, what it does, who writes
"""

import datetime
import functools
import math
import platform
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from core.config import SHIPPED_RUNS, Settings
from core.data.dataset import Dataset
from core.errors import ArchitectureError, RunError, TrainingError
from core.model.architecture import Architecture
from core.model.evaluation import Evaluation
from core.training import lock
from core.training.data import validation_fingerprint
from core.training.files import read_json, read_table
from core.training.recipes import Recipe

State = Literal["queued", "running", "paused", "finished", "stopped", "failed", "interrupted"]
Wish = Literal["run", "pause", "stop", "none"]

ACTIVE_STATES = ("queued", "running")
STEP_COLUMNS = ("step", "epoch", "loss", "accuracy", "learning_rate", "elapsed_s")
EPOCH_COLUMNS = (
    "epoch", "loss", "accuracy", "val_loss", "val_accuracy", "learning_rate", "seconds", "cpu_seconds", "images_per_s",
)  # fmt: skip

_TEXTS = ("id", "title", "family", "dataset", "data_note", "fingerprint", "owner", "created", "command")
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,60}")


@dataclass(frozen=True, slots=True, kw_only=True)
class RunConfig:
    """Everything that is decided before a run starts; with it the run can be repeated.

    Attributes:
        id: name of the folder: lower-case letters, digits, hyphens.
        title: what a visitor reads.
        family: "cifar10" or "digits": on which images its snapshots make sense.
        dataset: key in the registry of the data it trains on.
        data_note: what to say beside its figures, for example "on re-encoded CIFAR-10"; may be empty.
        architecture, recipe, seed: the network, how it is trained, and the seed of everything random.
        fingerprint: of the validation data, the one its evaluations carry.
        owner: hash of the owner's id; empty for shipped runs.
        created: UTC time, ISO 8601.
        versions: of Python and the packages.
        snapshot_epochs: the epochs whose weights are kept.
        command: what to type to repeat it; empty where there is no such command.
    """

    id: str
    title: str
    family: str
    dataset: str
    architecture: Architecture
    recipe: Recipe
    seed: int = 0
    data_note: str = ""
    fingerprint: str = ""
    owner: str = ""
    created: str = ""
    versions: dict[str, str] = field(default_factory=dict)
    snapshot_epochs: tuple[int, ...] = ()
    command: str = ""

    def __post_init__(self) -> None:
        if not _ID.fullmatch(self.id):
            raise RunError(f"Expected an id of letters, digits and hyphens. Received {self.id[:40]!r}. Choose another.")
        if not 0 <= self.seed < 2**31:
            raise TrainingError(f"Expected a seed from 0 to 2,147,483,647. Received {self.seed}. Choose another.")

    def to_json(self) -> dict[str, Any]:
        """Return a dict of JSON types."""
        plain = {name: getattr(self, name) for name in self.__slots__ if name not in ("architecture", "recipe")}
        plain["snapshot_epochs"] = list(self.snapshot_epochs)
        return plain | {"architecture": self.architecture.to_json(), "recipe": self.recipe.to_json()}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "RunConfig":
        """Build from `to_json`'s dict.

        Raises:
            RunError: it does not describe a run.
        """
        try:
            known = {name: data[name] for name in cls.__slots__ if name in data}
            known["architecture"] = Architecture.from_json(data["architecture"])
            known["architecture"].rows()  # raises where the stack cannot be built
            known["recipe"] = Recipe.from_json(data["recipe"])
            known["snapshot_epochs"] = tuple(int(epoch) for epoch in data.get("snapshot_epochs", ()))
            for name in _TEXTS:
                if not isinstance(known.get(name, ""), str):
                    raise TypeError(f"{name} is no text")
            return cls(**known)
        except (KeyError, TypeError, ValueError, AttributeError, ArchitectureError, TrainingError) as error:
            raise RunError(
                f"Expected a config.json that Convscope wrote. Received something else ({error}). Delete the run."
            ) from error


def new_config(
    dataset: Dataset, architecture: Architecture, recipe: Recipe, *, seed: int = 0, title: str = "", at_most: int = 31
) -> RunConfig:
    """Return the config of a run that is yet to start, with a fresh id.

    Args:
        dataset: what it trains on.
        architecture, recipe, seed: the network, how to train it, and the seed of everything random.
        title: what a visitor reads; the recipe's name where empty.
        at_most: how many snapshots to keep.
    """
    now = datetime.datetime.now(datetime.UTC)
    return RunConfig(
        id=f"{recipe.name}-{now:%m%d-%H%M%S}-{secrets.token_hex(2)}",
        title=title.strip()[:80] or f"{recipe.name.capitalize()} recipe",
        family=dataset.family,
        dataset=dataset.name,
        data_note="on re-encoded CIFAR-10" if dataset.reencoded else "",
        architecture=architecture,
        recipe=recipe,
        seed=seed,
        fingerprint=validation_fingerprint(dataset, recipe, seed),
        created=now.isoformat(timespec="microseconds"),
        versions=package_versions(),
        snapshot_epochs=snapshot_epochs(recipe.epochs, at_most=at_most),
    )


@functools.cache
def package_versions() -> dict[str, str]:
    """Return the versions a run's result depends on."""
    return {"python": platform.python_version()} | {name: version(name) for name in ("tensorflow", "keras", "numpy")}


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStatus:
    """Where a run stands.

    Attributes:
        state: "queued", "running", "paused", "finished", "stopped", "failed" or "interrupted".
        message: one sentence when there is something to say (why it failed, what to do), else empty.
        epoch, epochs: finished passes, and how many there will be.
        step, steps: finished steps, and how many there will be; 0 until the worker has counted them.
        images_per_s: lately; 0 while unknown.
        seconds_left: until it is finished; None while unknown.
        updated: Unix time of the newest news from the worker; 0 before the first.
        pending: "pause" or "stop" while the worker has not heard it yet; else empty.
        until_epoch: the epoch after which it will pause by itself; None when it goes on to the end.
        phase, phase_since: what the worker prepares before its first step, and since when (Unix time); else empty, 0.
    """

    state: State
    message: str = ""
    epoch: int = 0
    epochs: int = 0
    step: int = 0
    steps: int = 0
    images_per_s: float = 0.0
    seconds_left: float | None = None
    updated: float = 0.0
    pending: str = ""
    until_epoch: int | None = None
    phase: str = ""
    phase_since: float = 0.0

    @property
    def active(self) -> bool:
        """Whether it trains or waits for its turn."""
        return self.state in ACTIVE_STATES


class Run:
    """One run folder. Cheap to make; every call reads what is there now."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

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
        path = self.folder / "config.json"
        try:
            return _config(path, path.stat().st_mtime_ns)
        except OSError as error:
            raise RunError(
                f"Expected a run called {self.id}. Received none of that name. Choose another run in the sidebar."
            ) from error

    @property
    def title(self) -> str:
        """What a visitor reads."""
        return self.config.title

    @property
    def family(self) -> str:
        """ "cifar10" or "digits"."""
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
        """The epochs whose weights are there, ascending; 0 is the random start."""
        found = (path.name[6:].split(".")[0] for path in (self.folder / "snapshots").glob("epoch-*.weights.h5"))
        return tuple(sorted(int(epoch) for epoch in found if epoch.isdecimal()))

    def weights_path(self, epoch: int) -> Path:
        """Return where the weights of `epoch` are (or will be)."""
        return snapshot_path(self.folder, epoch, "weights.h5")

    def status(self) -> RunStatus:
        """Return where it stands, whatever happened to its worker."""
        if self.shipped:
            last = self.config.recipe.epochs
            return RunStatus(state="finished", epoch=last, epochs=last)
        return _status(self)

    def steps(self) -> dict[str, NDArray[np.float64]]:
        """Return the columns of steps.csv: step, epoch, loss, accuracy, learning_rate, elapsed_s."""
        return _table(self.folder / "steps.csv", STEP_COLUMNS)

    def epoch_table(self) -> dict[str, NDArray[np.float64]]:
        """Return the columns of epochs.csv; loss and accuracy are NaN at epoch 0, before any training."""
        return _table(self.folder / "epochs.csv", EPOCH_COLUMNS)

    def logits(self, epoch: int) -> NDArray[np.float16] | None:
        """Return logits (n, 10) on the validation data; None when they were not kept."""
        try:
            return np.load(snapshot_path(self.folder, epoch, "logits.npy"), allow_pickle=False)
        except (OSError, ValueError):
            return None

    def evaluation(self, epoch: int) -> Evaluation | None:
        """Return the evaluation on the validation data; None when it was not kept."""
        data = read_json(snapshot_path(self.folder, epoch, "evaluation.json"))
        try:
            return Evaluation.from_json(data) if data else None
        except (KeyError, TypeError, ValueError):
            return None

    def live(self) -> dict[str, NDArray[np.float32]]:
        """Return live.npz: kernels (h, w, in, filters), peaks (filters,), probabilities (pinned, 10), epoch, step."""
        try:
            with np.load(self.folder / "live.npz", allow_pickle=False) as arrays:
                return dict(arrays)
        except (OSError, ValueError, EOFError, KeyError):
            return {}


def _table(path: Path, columns: tuple[str, ...]) -> dict[str, NDArray[np.float64]]:
    """Return the table in `path`; an empty one where it is missing or damaged."""
    table = read_table(path)
    return table if table.keys() >= set(columns) else {name: np.empty(0) for name in columns}


def snapshot_path(folder: Path, epoch: int, ending: str) -> Path:
    """Return the path of one file of a snapshot."""
    return folder / "snapshots" / f"epoch-{epoch:03d}.{ending}"


@functools.lru_cache(maxsize=512)
def _config(path: Path, _mtime_ns: int) -> RunConfig:
    data = read_json(path)
    if data is None:
        raise RunError(f"Expected a readable config.json in {path.parent.name}. Received none. Delete the run.")
    return RunConfig.from_json(data | {"id": path.parent.name})


def _status(run: Run) -> RunStatus:
    control = _figures(read_json(run.folder / "control.json"))
    written = _figures(read_json(run.folder / "status.json"))
    held = lock.is_held(run.folder)
    done = int(written.get("epoch", 0))
    state: State = written.get("state", "queued")
    message = str(written.get("message", ""))
    unheard = int(control.get("serial", 0)) > int(written.get("serial", -1)) and state != "finished"
    if unheard and held:
        state, message = "running", ""  # the worker has just taken it up
    elif unheard:
        state, message = _WISHED.get(control.get("wish", "run"), "queued"), str(control.get("message", ""))
    elif state == "running" and not held:
        state = "interrupted"
        message = f"Its training process ended unexpectedly; resume it to go on from epoch {done}."
    wish, active = control.get("wish", "run"), state in ACTIVE_STATES
    return RunStatus(
        state=state,
        message=message,
        epoch=done,
        epochs=run.config.recipe.epochs,
        step=int(written.get("step", 0)),
        steps=int(written.get("steps", 0)),
        images_per_s=float(written.get("images_per_s", 0.0)),
        seconds_left=written.get("seconds_left") if state == "running" else None,
        updated=float(written.get("updated", 0.0)),
        pending=str(wish) if active and unheard and wish in ("pause", "stop") else "",
        until_epoch=control.get("until_epoch") if active and wish == "run" else None,
        phase=str(written.get("phase", "")) if active else "",
        phase_since=float(written.get("phase_since", 0.0)),
    )


def _figures(data: dict[str, Any] | None) -> dict[str, Any]:
    """Return what was read without what is damaged: a figure that is no number, a state that does not exist."""
    figures = (
        "serial",
        "epoch",
        "step",
        "steps",
        "images_per_s",
        "seconds_left",
        "updated",
        "until_epoch",
        "phase_since",
    )
    return {
        name: value
        for name, value in (data or {}).items()
        if (name not in figures or (isinstance(value, int | float) and math.isfinite(value)))
        and (name != "state" or value in get_args(State))
    }


_WISHED: dict[str, State] = {"run": "queued", "pause": "paused", "stop": "stopped", "none": "interrupted"}
"""What a run is while its newest control message has not reached a worker; "none": its worker was lost before."""


def runs_folder() -> Path:
    """Return the folder of the visitors' runs."""
    return Settings.from_environ().home / "runs"


def list_runs(family: str) -> list[Run]:
    """Return all runs on images of `family`: shipped ones first (tutorial, fast, strong, ...), then the newest."""
    shipped = sorted(_readable(SHIPPED_RUNS, family), key=lambda run: _shipped_order(run.config))
    own = sorted(_readable(runs_folder(), family), key=lambda run: run.config.created, reverse=True)
    return shipped + own


def _shipped_order(config: RunConfig) -> tuple[int, str]:
    order = ("tutorial", "digits", "fast", "strong")
    return (order.index(config.recipe.name) if config.recipe.name in order else len(order), config.id)


def _readable(parent: Path, family: str | None) -> Iterable[Run]:
    if not parent.is_dir():
        return
    for path in parent.glob("*/config.json"):
        run = Run(path.parent)
        if run.shipped and (run.folder / "status.json").exists():
            continue  # it is being made
        try:
            if family is None or run.family == family:
                yield run
        except RunError:
            continue  # damaged folders are nobody's choice


def own_runs() -> list[Run]:
    """Return the runs of all visitors, oldest first."""
    return sorted(_readable(runs_folder(), None), key=lambda run: run.config.created)


def find_run(run_id: str) -> Run:
    """Return the run called `run_id`, shipped or a visitor's.

    Raises:
        RunError: there is no such run.
    """
    if _ID.fullmatch(run_id):
        for parent in (SHIPPED_RUNS, runs_folder()):
            if (parent / run_id / "config.json").is_file():
                return Run(parent / run_id)
    raise RunError(f"Expected the name of a run. Received {run_id[:40]!r}. Choose a run in the sidebar.")


def snapshot_epochs(epochs: int, *, at_most: int = 31) -> tuple[int, ...]:
    """Return which epochs to keep, 0 and the last among them: all, or ever fewer toward the end.

    Example:
        >>> snapshot_epochs(24, at_most=8)
        (0, 1, 2, 3, 5, 8, 14, 24)
    """
    if epochs + 1 <= at_most:
        return tuple(range(epochs + 1))
    for points in range(at_most, 10 * at_most):
        spaced = {0, *np.geomspace(1, epochs, points - 1).round().astype(int).tolist()}
        if len(spaced) >= at_most:
            break
    return (*sorted(spaced)[: at_most - 1], epochs)
