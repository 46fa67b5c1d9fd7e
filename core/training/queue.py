"""The queue of runs: who waits, who trains, whose turn is next.

This lives in the web process, and hands runs to any `concurrent.futures.Executor`, a few at a time. What it tells the
runs in training goes through their folders: `control.json` and the flag that others wait. Where several servers share
a home, the one that leads the line (`sharing.py`) hands on the runs of all.
"""

import contextlib
import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from functools import partial
from typing import Any

from core.duration import duration
from core.errors import RunError
from core.training import flag, jobs, sharing
from core.training.catalogue import find_run, own_runs, runs_folder
from core.training.line import TURN_S, Line, Ticket
from core.training.mail import Control, State, Wish, lost
from core.training.runs import Run

logger = logging.getLogger(__name__)

INHERITS_S = 60.0
"""How long after another server ended its runs in training may need to be saved; they go on here then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One line of the visible queue: position 0 is being trained, 1 is next."""

    position: int
    run_id: str
    title: str
    owner: str


class TrainingQueue:
    """Runs that train or wait for it.

    Args:
        executor: where they are trained.
        at_once: how many it is given at a time: as many as it has workers.
        turn_s: how long a run trains there before others have their turn.
        joined: called when a run has joined, before it is handed on.
    """

    def __init__(
        self,
        executor: Executor,
        *,
        at_once: int = 1,
        turn_s: float = TURN_S,
        joined: Callable[[], None] = lambda: None,
    ) -> None:
        self._executor, self._at_once, self._turn_s, self._joined = executor, at_once, turn_s, joined
        self._line = Line()
        self._tickets: dict[str, Ticket] = {}  # of the runs the executor has
        self._futures: dict[str, Future[Any]] = {}
        self._led, self._closed = True, False
        self._inherited: set[str] = set()  # runs that a server which is gone had in line
        self._inherits_until = float("-inf")
        self.lock = threading.RLock()

    # What everybody may see

    def position(self, run_id: str) -> int | None:
        """Return 0 while it trains, 1 when it is next, ...; None when it is not in the queue."""
        return next((place for place, name in enumerate(self.order()) if name == run_id), None)

    def places(self) -> list[Place]:
        """Return the whole queue, the run being trained first."""
        found = []
        for position, name in enumerate(self.order()):
            with contextlib.suppress(RunError):
                config = find_run(name).config
                found.append(Place(position=position, run_id=name, title=config.title, owner=config.owner))
        return found

    def why_waiting(self, run_id: str) -> str:
        """Say why a run waits and for how long at most; empty where it does not wait."""
        place = self.position(run_id)
        if not place or run_id not in self._line:
            return ""
        others = "one other run" if place == 1 else f"{place} other runs"
        seconds = place * self._turn_s
        return (
            f"The training process is shared in turns of about {self._turn_s:.0f} s; {others} "
            f"{'has its' if place == 1 else 'have their'} turn before this one, in at most about {duration(seconds)}."
        )

    def order(self) -> list[str]:
        """Return the ids of all runs that train or wait, in the order of their turns."""
        if not sharing.lead():
            return sharing.published()
        with self.lock:
            open_ = {name: future for name, future in self._futures.items() if not future.done()}
            in_hand = sorted(open_, key=lambda name: not open_[name].running())  # stable: the others keep their order
            return in_hand + self._line.order()

    # Coming and going

    def refuse_when_full(self, origin: str = "") -> None:
        """Raise a TrainingError where a run of this origin finds no place."""
        self._line.refuse_when_full(origin, elsewhere=0 if sharing.lead() else len(sharing.published()))

    def join(self, run: Run, origin: str = "") -> None:
        """Put a run in line, and hand it on where there is room."""
        with self.lock:
            if sharing.lead():
                self._line.join(run.id, origin)
                self._joined()
            self._dispatch()

    def halt(self, run: Run, wish: Wish) -> None:
        """Let a run wait or train no longer; it is told at its next step.

        Raises:
            OSError: its control.json cannot be written.
        """
        with self.lock:
            future = self._futures.get(run.id)
            Control(wish=wish).send(run.folder)
            self._line.leave(run.id)
            if future is not None:
                future.cancel()
            self._dispatch()  # perhaps nobody waits any more

    def go_on(self, run: Run, *, until_epoch: int | None) -> None:
        """Let a run train on; where it is still in hand, that takes back the wish to halt.

        Raises:
            OSError: its control.json cannot be written.
        """
        with self.lock:
            Control(until_epoch=until_epoch).send(run.folder)
            if not self._in_hand(run.id) and run.id not in self._line:
                self.join(run)

    def recover(self) -> None:
        """Take up what waited when an earlier server ended. What it trained is interrupted."""
        with self.lock:
            for run in own_runs():
                if not self._in_line(run.id) and _waits(run):
                    self.join(run)

    # Beside other servers

    def begin(self) -> None:
        """Lead the line if no other server does; called once, when the server starts, and `look` ever after."""
        self._led = sharing.lead()
        self.recover()

    def close(self) -> None:
        """Hand nothing on any more, for the server ends; what is published then is what the next one takes up."""
        with self.lock:
            self._closed = True

    def look(self) -> None:
        """Take up what other servers of this home put in line, and what one had that is gone."""
        with self.lock:
            if not sharing.lead():
                return
            if not self._led:
                self._led, self._inherits_until = True, time.monotonic() + INHERITS_S
                self._inherited.update(sharing.published())
                self._renew()
            elif sharing.called().up:
                self._renew()
            if time.monotonic() < self._inherits_until:
                for name in tuple(self._inherited):
                    self._inherit(name)

    def _renew(self) -> None:
        sharing.called().set(False)
        for name in self._line.order():
            with contextlib.suppress(RunError):
                if not _waits(find_run(name)):
                    self._line.leave(name)
        self.recover()
        self._dispatch()

    def _inherit(self, name: str) -> None:
        """Let a run go on that another server had in training, once its worker has left it."""
        with contextlib.suppress(RunError, OSError):
            run = find_run(name)
            if run.status().state == State.INTERRUPTED and not self._in_line(name):
                self._inherited.discard(name)
                self.go_on(run, until_epoch=Control.read(run.folder).until_epoch)

    # Inside

    def _in_line(self, run_id: str) -> bool:
        return run_id in self._futures or run_id in self._line

    def _dispatch(self) -> None:
        """Hand the next runs to the executor, and tell those in hand whether others wait."""
        with self.lock:
            if self._closed:
                return
            if not sharing.lead():
                sharing.called().set(True)
                return
            while self._line and len(self._futures) < self._at_once:
                ticket = self._line.take()
                try:
                    future = self._executor.submit(jobs.train, str(runs_folder() / ticket.run_id), self._turn_s)
                except RuntimeError:  # the server is shutting down; the next one takes it up
                    return
                self._futures[ticket.run_id], self._tickets[ticket.run_id] = future, ticket
                future.add_done_callback(partial(self._ended, ticket))
            for run_id in self._futures:
                flag.others_wait(runs_folder() / run_id).set(bool(self._line))
            sharing.publish(self.order())

    def _ended(self, ticket: Ticket, future: "Future[Any]") -> None:
        run = Run(runs_folder() / ticket.run_id)
        flag.others_wait(run.folder).set(False)
        with self.lock:
            if self._futures.get(run.id) is future:
                del self._futures[run.id], self._tickets[run.id]
            if not future.cancelled() and future.exception() is None:
                with contextlib.suppress(RunError):
                    if _waits(run) and not self._in_line(run.id):
                        self._line.join_again(ticket)
        if not future.cancelled():
            _tell_if_lost(run, future.exception())
        self._dispatch()

    def _in_hand(self, run_id: str) -> bool:
        """Return whether the worker still holds it: a wish to go on, in time, takes back the wish to pause."""
        future = self._futures.get(run_id)
        if future is None or future.done():
            return False
        # It may be past its last look at control.json: whoever is told so late is put in line again when it has ended.
        future.add_done_callback(lambda _: self._requeue_if_wished(run_id))
        return True

    def _requeue_if_wished(self, run_id: str) -> None:
        with contextlib.suppress(RunError, RuntimeError), self.lock:
            run = find_run(run_id)
            if not self._in_line(run_id) and _waits(run):
                self.join(run)


def _waits(run: Run) -> bool:
    return run.status().state == State.QUEUED


def _tell_if_lost(run: Run, error: BaseException | None) -> None:
    if error is None or isinstance(error, BlockingIOError):
        return
    logger.warning("run %s was lost: %s", run.id, error)
    with contextlib.suppress(OSError, RunError):
        status = run.status()
        if status.state in (State.QUEUED, State.RUNNING, State.INTERRUPTED):
            known = isinstance(error, jobs.TrainingFailed)
            Control(wish=Wish.NONE, message=str(error) if known else lost(status.epoch)).send(run.folder)
