"""Which runs there are: an index in memory, kept up with the folders for next to nothing.

Other processes write here too: the worker, a second server that shares the folder. A folder's own time of change tells
when runs came or went; only then its names are read again, and of the runs only those that are new.
"""

import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from cachetools import LRUCache, cached

from core.config import SHIPPED_RUNS, Settings
from core.data.dataset import Dataset
from core.errors import RunError
from core.training.runs.files import Stamp, settled, stamp
from core.training.runs.run import Run
from core.training.runs.run_config import RUN_ID, RunConfig

LOOK_AGAIN_S = 5.0
"""How soon a config.json that somebody edits in place is noticed in lists; by its name a run is always found as it is.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The runs in one folder at one moment, newest first.

    Attributes:
        runs: those that can be read.
        by_family: the same, apart by the family of their data.
        damaged: a sentence for every folder whose config.json cannot be read.
    """

    runs: tuple[Run, ...] = ()
    by_family: dict[str, tuple[Run, ...]] = field(default_factory=dict)
    damaged: dict[str, str] = field(default_factory=dict)


def runs_folder() -> Path:
    """Return the folder of the visitors' runs."""
    return Settings.from_environ().home / "runs"


def list_runs(family: str) -> list[Run]:
    """Return all runs on images of `family`: shipped ones first (tutorial, fast, strong, ...), then the newest."""
    shipped = [run for run in _index(SHIPPED_RUNS).look().by_family.get(family, ()) if not _in_the_making(run)]
    own = _index(runs_folder()).look().by_family.get(family, ())
    return [*sorted(shipped, key=lambda run: _shipped_order(run.config)), *own]


def runs_on(dataset: Dataset) -> list[Run]:
    """Return those of `list_runs` whose networks answer with the classes of `dataset`."""
    return [run for run in list_runs(dataset.family) if run.config.class_names == dataset.class_names]


def own_runs() -> list[Run]:
    """Return the runs of all visitors, oldest first."""
    return list(reversed(_index(runs_folder()).look().runs))


def damaged_runs() -> dict[str, str]:
    """Return a sentence for every visitor's run whose config.json cannot be read, by the folder's name."""
    return dict(_index(runs_folder()).look().damaged)


def find_run(run_id: str) -> Run:
    """Return the run called `run_id`, shipped or a visitor's.

    Raises:
        RunError: there is no such run, or its config.json is damaged.
    """
    if RUN_ID.fullmatch(run_id):
        for parent in (SHIPPED_RUNS, runs_folder()):
            if (run := _index(parent).find(run_id)) is not None:
                return run
    raise RunError(f"Expected the name of a run. Received {run_id[:40]!r}. Choose a run in the sidebar.")


def _in_the_making(run: Run) -> bool:
    return stamp(run.folder / "status.json") is not None


def _shipped_order(config: RunConfig) -> tuple[int, str]:
    order = ("tutorial", "digits", "fast", "strong")
    return (order.index(config.recipe.name) if config.recipe.name in order else len(order), config.id)


class _Index:
    """What is known of the run folders below `parent`."""

    def __init__(self, parent: Path) -> None:
        self._parent = parent
        self._lock = threading.Lock()
        self._stamp: Stamp | None = None
        self._looked = float("-inf")
        self._known: dict[str, tuple[Stamp, Run, str]] = {}  # config.json's stamp, the run, what is wrong with it
        self._found = Found()

    def look(self) -> Found:
        """Return what is there now."""
        now = stamp(self._parent)
        if now == self._stamp and time.monotonic() - self._looked < LOOK_AGAIN_S:
            return self._found
        with self._lock:
            if now != self._stamp or time.monotonic() - self._looked >= LOOK_AGAIN_S:
                self._read()
            return self._found

    def find(self, name: str) -> Run | None:
        """Return one run as it is at this moment; None where there is none.

        Raises:
            RunError: its config.json is damaged.
        """
        now = stamp(self._parent / name / "config.json")
        if now is None:
            return None
        known = self._known.get(name)
        _, run, problem = known if known is not None and known[0] == now else _entry(self._parent / name, now)
        if problem:
            raise RunError(problem)
        return run

    def _read(self) -> None:
        now, began = stamp(self._parent), time.monotonic()
        whole = now is None or settled(now)
        entries: dict[str, tuple[Stamp, Run, str]] = {}
        for name in _names(self._parent):
            config = stamp(self._parent / name / "config.json")
            if config is None:
                whole = whole and _old(self._parent / name)  # else it may be on its way
                continue
            known = self._known.get(name)
            entries[name] = known if known is not None and known[0] == config else _entry(self._parent / name, config)
            whole = whole and settled(config)
        if entries != self._known or not self._known:
            self._found = _sorted(entries)
        self._known = entries
        self._stamp, self._looked = now, began if whole else float("-inf")


def _old(folder: Path) -> bool:
    found = stamp(folder)
    return found is None or time.time() - found[0] / 1e9 > LOOK_AGAIN_S


def _names(parent: Path) -> list[str]:
    try:
        return [path.name for path in parent.iterdir() if RUN_ID.fullmatch(path.name)]
    except OSError:
        return []


def _entry(folder: Path, config: Stamp) -> tuple[Stamp, Run, str]:
    try:
        return config, Run(folder, Run(folder).config), ""
    except RunError as error:
        return config, Run(folder), str(error)


def _sorted(entries: dict[str, tuple[Stamp, Run, str]]) -> Found:
    readable = [run for _, run, problem in entries.values() if not problem]
    runs = sorted(readable, key=lambda run: run.config.created, reverse=True)
    families = {run.family for run in runs}
    return Found(
        runs=tuple(runs),
        by_family={family: tuple(run for run in runs if run.family == family) for family in families},
        damaged={name: problem for name, (_, _, problem) in entries.items() if problem},
    )


@cached(LRUCache(8), lock=threading.Lock())
def _index(parent: Path) -> _Index:
    return _Index(parent)
