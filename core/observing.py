"""Counts what a server's owner wants to know of one process: numbers alone, never who it was."""

import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

BOUNDS_S = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Upper bounds of the histogram of page runs, in seconds."""

REFUSERS = ("windows", "origins", "messages", "uploads", "networks", "files", "training")
"""Who may refuse: the door, pages of other sites, forged messages, pictures, the gate, the line for files, the desk."""


@dataclass(slots=True)
class Histogram:
    """How long something took: how often within each of `BOUNDS_S`, last beyond them; the sum in seconds."""

    counts: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS_S) + 1))
    sum_s: float = 0.0

    def add(self, seconds: float) -> None:
        """Count one."""
        self.counts[sum(seconds > bound for bound in BOUNDS_S)] += 1
        self.sum_s += seconds


class Counts:
    """Counts since the process began; safe for threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._refusals: Counter[str] = Counter(dict.fromkeys(REFUSERS, 0))
        self._page_runs: dict[str, Histogram] = defaultdict(Histogram)

    def refused(self, by: str) -> None:
        """Count a refusal by one of `REFUSERS`."""
        with self._lock:
            self._refusals[by] += 1

    @contextmanager
    def refusing(self, by: str, error: type[Exception]) -> Iterator[None]:
        """Count an `error` that leaves the block as a refusal."""
        try:
            yield
        except error:
            self.refused(by)
            raise

    @contextmanager
    def page_run(self, page: str) -> Iterator[None]:
        """Time the run of a page's script, however it ends."""
        began = time.perf_counter()
        try:
            yield
        finally:
            with self._lock:
                self._page_runs[page].add(time.perf_counter() - began)

    def refusals(self) -> dict[str, int]:
        """Return how often each of `REFUSERS` has refused."""
        with self._lock:
            return dict(self._refusals)

    def page_runs(self) -> dict[str, Histogram]:
        """Return a copy of each page's times."""
        with self._lock:
            return {page: Histogram(list(each.counts), each.sum_s) for page, each in sorted(self._page_runs.items())}


counts = Counts()
"""This process's."""
