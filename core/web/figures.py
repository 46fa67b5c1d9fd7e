"""What there is to know of a running server, for its owner (`metrics.py`) and for the lecturer (`status.py`)."""

import contextlib
from collections.abc import Collection
from dataclasses import dataclass

from core.askers import Asker
from core.config import Settings
from core.errors import RunError
from core.observing import Histogram, counts
from core.training.dispatch.desk import Desk
from core.training.runs import quota
from core.training.runs.catalogue import find_run
from core.training.runs.mail import State
from core.training.worker.limits import filled_bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """A server at one moment.

    Attributes:
        windows: open ones.
        visitors: browsers they belong to; those without cookies count as one.
        trains, waits: titles of the runs that train, and of those in line for it, in the order of their turns.
        memory_bytes, worker_bytes: what the server's process and its training process fill; 0 where that is unknown.
        runs_bytes, quota_bytes: what the home's runs take, and may.
        free_bytes: on the disk of the home.
        refusals: how often who has refused something since the start.
        page_runs: page to the times of its runs since the start.
    """

    windows: int
    visitors: int
    trains: tuple[str, ...]
    waits: tuple[str, ...]
    memory_bytes: int
    worker_bytes: int
    runs_bytes: int
    quota_bytes: float
    free_bytes: int
    refusals: dict[str, int]
    page_runs: dict[str, Histogram]


def gather(desk: Desk, windows: Collection[Asker]) -> Figures:
    """Look at the server now.

    Args:
        desk: where visitors ask for training.
        windows: who has one open, once a window.
    """
    settings = Settings.from_environ()
    trains, waits = _line(desk)
    return Figures(
        windows=len(windows),
        visitors=len({each.browser for each in windows}),
        trains=trains,
        waits=waits,
        memory_bytes=filled_bytes(),
        worker_bytes=filled_bytes(desk.worker_pid) if desk.worker_pid else 0,
        runs_bytes=quota.used_bytes(),
        quota_bytes=settings.quota_bytes,
        free_bytes=quota.free_bytes(settings.home),
        refusals=counts.refusals(),
        page_runs=counts.page_runs(),
    )


def _line(desk: Desk) -> tuple[tuple[str, ...], tuple[str, ...]]:
    trains: list[str] = []
    waits: list[str] = []
    for place in desk.queue.places():
        with contextlib.suppress(RunError):
            (trains if find_run(place.run_id).status().state == State.RUNNING else waits).append(place.title)
    return tuple(trains), tuple(waits)
