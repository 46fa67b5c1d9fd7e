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
from core.training.dispatch import sharing
from core.training.dispatch.line import TURN_S, Line, Ticket
from core.training.runs import flag
from core.training.runs.catalogue import find_run, own_runs, runs_folder
from core.training.runs.mail import Control, State, Wish, lost
from core.training.runs.run import Run
from core.training.worker import jobs

logger = logging.getLogger(__name__)

INHERITS_S = 60.0
"""How long after another server ended its runs in training may need to be saved; they go on here then."""

MOST_LOSSES = 5
"""So many workers may be lost under a run within one epoch before it is called interrupted."""

_UNDER_WAY = (State.QUEUED, State.RUNNING, State.INTERRUPTED)


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
        at_once: tells how many it is given at a time: as many as it has workers.
        problem: tells in a sentence why it trains none now; "" where it does.
        turn_s: how long a run trains there before others have their turn.
        joined: called when a run has joined, before it is handed on.
    """

    def __init__(
        self,
        executor: Executor,
        *,
        at_once: Callable[[], int] = lambda: 1,
        problem: Callable[[], str] = str,
        turn_s: float = TURN_S,
        joined: Callable[[], None] = lambda: None,
    ) -> None:
        self._executor, self._turn_s, self._joined = executor, turn_s, joined
        self.at_once, self.problem = at_once, problem
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
        return self._positions().get(run_id)

    def places(self) -> list[Place]:
        """Return the whole queue, the runs being trained first."""
        found = []
        for name, position in self._positions().items():
            with contextlib.suppress(RunError):
                config = find_run(name).config
                found.append(Place(position=position, run_id=name, title=config.title, owner=config.owner))
        return found

    def _positions(self) -> dict[str, int]:
        in_hand, waiting = self._orders()
        return dict.fromkeys(in_hand, 0) | {name: place for place, name in enumerate(waiting, start=1)}

    def why_waiting(self, run_id: str) -> str:
        """Say why a run waits and for how long at most; empty where it does not wait."""
        in_hand, waiting = self._orders()
        if run_id not in waiting:
            return ""
        if problem := self.problem():
            return problem
        before, workers = len(in_hand) + waiting.index(run_id), max(1, self.at_once())
        others = "one other run" if before == 1 else f"{before} other runs"
        seconds = -(-(waiting.index(run_id) + 1) // workers) * self._turn_s
        return (
            f"The training process{'' if workers == 1 else 'es'} {'is' if workers == 1 else 'are'} shared in turns of "
            f"about {self._turn_s:.0f} s; {others} {'has its' if before == 1 else 'have their'} turn before this one, "
            f"in at most about {duration(seconds)}."
        )

    def order(self) -> list[str]:
        """Return the ids of all runs that train or wait, in the order of their turns."""
        in_hand, waiting = self._orders()
        return in_hand + waiting

    def _orders(self) -> tuple[list[str], list[str]]:
        """Return the ids of the runs the executor has, and of those in line."""
        if not sharing.lead():
            published, workers = sharing.published(), self.at_once()
            return published[:workers], published[workers:]
        with self.lock:
            open_ = {name: future for name, future in self._futures.items() if not future.done()}
            in_hand = sorted(open_, key=lambda name: not open_[name].running())  # stable: the others keep their order
            return in_hand, self._line.order()

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
        """Take up what other servers of this home put in line, what one had that is gone, and workers that are new."""
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
            for ticket in (*self._line.tickets(), *self._tickets.values()):
                if ticket.losses:
                    _call_waiting(ticket)
            if self._line and len(self._futures) < self.at_once():
                self._dispatch()

    def _renew(self) -> None:
        sharing.called().set(False)
        for ticket in self._line.tickets():
            with contextlib.suppress(RunError):
                if not _waits(find_run(ticket.run_id)) and not _call_waiting(ticket):
                    self._line.leave(ticket.run_id)
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
            while self._line and len(self._futures) < self.at_once():
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
            error = None if future.cancelled() else future.exception()
            with contextlib.suppress(RunError, OSError):
                if isinstance(error, jobs.Moved):
                    self._put_back(run, ticket)
                elif not (error or future.cancelled() or self._in_line(run.id)) and _waits(run):
                    self._line.join_again(ticket)
        _tell_if_lost(run, error)
        self._dispatch()

    def _put_back(self, run: Run, ticket: Ticket) -> None:
        """Let a run whose worker was lost go on elsewhere, but not one under which every worker is lost."""
        status = run.status()
        ticket.losses = ticket.losses + 1 if status.epoch == ticket.epoch else 1
        ticket.epoch = status.epoch
        if status.state not in _UNDER_WAY or Control.read(run.folder).wish != Wish.RUN or self._in_line(run.id):
            return
        if ticket.losses > MOST_LOSSES:
            Control(wish=Wish.NONE, message=lost(status.epoch)).send(run.folder)
        else:
            self._line.put_back(ticket)
            Control.read(run.folder).send(run.folder)  # as new: so it waits, whatever its worker was able to write

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


def _call_waiting(ticket: Ticket) -> bool:
    """Return whether a run goes on after a loss; the lost worker may call it interrupted until it has left it."""
    with contextlib.suppress(OSError, RunError):
        run = find_run(ticket.run_id)
        control = Control.read(run.folder)
        if ticket.losses and control.wish == Wish.RUN:
            if run.status().state == State.INTERRUPTED:
                control.send(run.folder)
            return True
    return False


def _waits(run: Run) -> bool:
    return run.status().state == State.QUEUED


def _tell_if_lost(run: Run, error: BaseException | None) -> None:
    if error is None or isinstance(error, BlockingIOError | jobs.Moved):
        return
    logger.warning("run %s was lost: %s", run.id, error)
    with contextlib.suppress(OSError, RunError):
        status = run.status()
        if status.state in _UNDER_WAY:
            known = isinstance(error, jobs.TrainingFailed)
            Control(wish=Wish.NONE, message=str(error) if known else lost(status.epoch)).send(run.folder)
