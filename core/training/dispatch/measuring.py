"""Measuring, by the worker, how fast a network trains; a visitor's run always comes first."""

import contextlib
import secrets
import threading
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any

from core.config import Settings
from core.model.structure.architecture import Architecture
from core.training.recipe import Recipe
from core.training.runs.flag import Flag
from core.training.worker import jobs, measurements

WARM_S = 60.0
"""How long a worker that loaded TensorFlow is taken for warm without asking it again."""


class Measuring:
    """What the executor does while nobody trains.

    Args:
        executor: that measures.
        busy: whether a run trains or waits.
    """

    def __init__(self, executor: Executor, *, busy: Callable[[], bool]) -> None:
        self._executor, self._busy = executor, busy
        self._lock = threading.RLock()
        self._measuring: dict[str, tuple[Future[Any], Flag]] = {}
        self._unmeasurable: set[str] = set()
        self._loading: Future[Any] | None = None
        self._loaded = float("-inf")

    def begin(self, architecture: Architecture, recipe: Recipe) -> bool:
        """Have a network measured unless that failed before or others wait; return whether it is being done."""
        name, busy = measurements.key(architecture, recipe), self._busy()
        with self._lock, contextlib.suppress(RuntimeError):
            if name in self._measuring:
                return True
            if name in self._unmeasurable or self._measuring or busy:
                return False
            if not measurements.worth_measuring(architecture, recipe):
                return False
            hurry = Flag(Settings.from_environ().home / "measuring" / secrets.token_hex(8))
            future = self._executor.submit(
                jobs.measure, architecture.to_text(), recipe.batch_size, recipe.optimizer, recipe.precision,
                str(hurry.path),
            )  # fmt: skip
            self._measuring[name] = future, hurry
            future.add_done_callback(lambda done: self._ended(name, hurry, done))
            return True
        return False

    def make_way(self) -> None:
        """A visitor's run comes first; what was not measured now is measured when it is asked for again."""
        with self._lock:
            for future, hurry in list(self._measuring.values()):
                if not future.cancel():
                    hurry.set(True)

    def warm_up(self) -> None:
        """Have TensorFlow loaded, where nothing else is being done."""
        busy = self._busy()
        with self._lock, contextlib.suppress(RuntimeError):
            loading = self._loading is not None and not self._loading.done()
            if not (busy or loading or self._measuring) and time.monotonic() - self._loaded > WARM_S:
                self._loading, self._loaded = self._executor.submit(jobs.load), time.monotonic()

    def _ended(self, name: str, hurry: Flag, done: Future[Any]) -> None:
        with self._lock:
            hurry.set(False)
            self._measuring.pop(name, None)
            if not done.cancelled() and done.exception() is not None:
                self._unmeasurable.add(name)
