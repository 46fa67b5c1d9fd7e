"""The queue of runs: what visitors ask for, checked, put in line and handed to the worker process, turn by turn.

This lives in the web process and writes only `config.json` and `control.json`; everything else is the worker's.
"""

import atexit
import contextlib
import logging
import shutil
import threading
from collections.abc import Iterator
from concurrent.futures import Executor, Future
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from core.config import Settings
from core.data import registry
from core.data.dataset import Dataset
from core.duration import duration
from core.errors import DataError, RunError, TrainingError
from core.model.architecture import Architecture
from core.model.memory import check_training
from core.training import jobs, limits, lock, measurements, quota, trash
from core.training.catalogue import find_run, own_runs, runs_folder
from core.training.executor import WorkerExecutor
from core.training.files import write_json
from core.training.line import TURN_S, Line, Ticket
from core.training.mailbox import Wish, write_order
from core.training.permission import may_control
from core.training.recipe import Recipe
from core.training.run_config import RunConfig, new_config
from core.training.runs import Run

logger = logging.getLogger(__name__)

MAX_RUNS_PER_VISITOR = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One line of the visible queue: position 0 is being trained, 1 is next."""

    position: int
    run_id: str
    title: str
    owner: str


class TrainingQueue:
    """Runs waiting for the one worker.

    Every method that changes something raises a TrainingError or RunError where it cannot, a full disk included.

    Args:
        executor: where they are trained; the default starts a worker process on this machine.
        turn_s: how long a run trains there before others have their turn.
    """

    def __init__(self, executor: Executor | None = None, *, turn_s: float = TURN_S) -> None:
        self._turn_s = turn_s
        self._executor = executor or WorkerExecutor()
        self._line = Line()
        self._tickets: dict[str, Ticket] = {}  # of the runs the executor has
        self._futures: dict[str, Future[Any]] = {}
        self._measuring: dict[str, Future[Any]] = {}
        self._unmeasurable: set[str] = set()
        self._loading: Future[Any] | None = None
        self._lock = threading.RLock()

    # What a visitor may ask for

    def submit(self, config: RunConfig, owner: str, *, origin: str = "") -> Run:
        """Write the run's folder and put it in line.

        Args:
            config: as `run_config.new_config` makes it.
            owner: hash of the visitor's id.
            origin: whatever tells the visitor's network address from others; runs of several take turns.

        Raises:
            TrainingError: training is switched off, the visitor trains already, or it asks for too much.
            ArchitectureError: the network cannot be built.
        """
        settings = _training_allowed()
        recipe = config.recipe
        check_training(config.architecture, recipe.batch_size, limits.step_bytes(), half=recipe.half)
        if config.recipe.epochs > settings.max_epochs:
            raise TrainingError(
                f"Expected at most {settings.max_epochs} epochs. Received {config.recipe.epochs}. Ask for fewer."
            )
        needed = _refuse_too_large(config, settings)
        with self._lock, _explained():
            self._refuse_second_run(owner)
            self._line.refuse_when_full(origin)
            if sum(run.config.owner == owner for run in own_runs()) >= MAX_RUNS_PER_VISITOR:
                raise TrainingError(
                    f"Expected at most {MAX_RUNS_PER_VISITOR} runs a visitor. Received one more. Delete one first."
                )
            quota.refuse_without_room(needed)
            run = _written(replace(config, owner=owner, command=""))
            self._enqueue(run, origin)
        return run

    def restart(self, run_id: str, owner: str, *, origin: str = "") -> Run:
        """Submit a new run like `run_id`, which starts from the same initial weights; anybody may do so."""
        old = find_run(run_id).config
        dataset = registry.load(old.dataset)  # its pixels may be others than those a shipped run was trained on
        fresh = new_config(dataset, old.architecture, old.recipe, seed=old.seed, title=old.title)
        return self.submit(replace(fresh, snapshot_epochs=old.snapshot_epochs), owner, origin=origin)

    def pause(self, run_id: str, owner: str, *, token: str | None = None) -> None:
        """Halt a queued or running run; its state is kept and the worker is free for the next."""
        self._halt(run_id, owner, token, "pause")

    def stop(self, run_id: str, owner: str, *, token: str | None = None) -> None:
        """End a run before its last epoch; what it has learned stays."""
        self._halt(run_id, owner, token, "stop")

    def resume(self, run_id: str, owner: str, *, token: str | None = None) -> None:
        """Put a halted run back into the queue; it goes on where it was."""
        self._go_on(run_id, owner, token, until_epoch=None)

    def step(self, run_id: str, owner: str, *, token: str | None = None) -> None:
        """Train to the end of the next epoch only, then pause."""
        self._go_on(run_id, owner, token, until_epoch=find_run(run_id).status().epoch + 1)

    def delete(self, run_id: str, owner: str, *, token: str | None = None) -> None:
        """Move a run into the trash, from where `undo` brings it back for a day."""
        run = self._controlled(run_id, owner, token)
        with self._lock, _explained():
            if run.status().state == "queued":
                self._halt(run_id, owner, token, "stop")
            if run.status().active or lock.is_held(run.folder):
                raise TrainingError("Expected a run that is not training. Received one that is. Stop it first.")
            trash.discard(run)
            trash.empty_old()

    def undo(self, run_id: str, owner: str, *, token: str | None = None) -> Run:
        """Bring back a deleted run.

        Raises:
            RunError: there is none of that name in the trash, or it belongs to somebody else.
        """
        deleted = Run(trash.trash_folder() / Path(run_id).name)
        if not may_control(deleted, owner, token=token):
            raise RunError("Expected a run of your own. Received somebody else's. Only its owner can bring it back.")
        with _explained():
            return trash.bring_back(deleted.id)

    # What everybody may see

    def position(self, run_id: str) -> int | None:
        """Return 0 while it trains, 1 when it is next, ...; None when it is not in the queue."""
        return next((place for place, name in enumerate(self._order()) if name == run_id), None)

    def places(self) -> list[Place]:
        """Return the whole queue, the run being trained first."""
        found = []
        for position, name in enumerate(self._order()):
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

    def estimate(self, architecture: Architecture, recipe: Recipe, dataset: Dataset) -> measurements.Estimate:
        """Return how long a run would take; when this network was never measured here, have it measured meanwhile."""
        result = measurements.estimate(architecture, recipe, *_images(recipe, dataset))
        if not result.measured and Settings.from_environ().training:
            return replace(result, measuring=self._measure(architecture, recipe))
        return result

    def prepare(self) -> None:
        """Start the worker ahead, for somebody who is about to train: loading TensorFlow is most of the wait.

        Nothing happens where training is off, where a worker is up or being started, or on another executor.
        """
        if not isinstance(self._executor, WorkerExecutor) or not Settings.from_environ().training:
            return
        with self._lock, contextlib.suppress(RuntimeError):
            idle = self._loading is None or self._loading.done()
            if idle and self._executor.pid is None and not self._measuring and not self._order():
                self._loading = self._executor.submit(jobs.load)

    # Life and death of the server

    def recover(self) -> None:
        """Take up what an earlier server left: requeue what waited, empty old trash. What it trained is interrupted."""
        trash.empty_old()
        if not Settings.from_environ().training:
            return
        threading.Thread(target=measurements.learn, args=(own_runs(),), name="learn-speeds", daemon=True).start()
        with self._lock:
            for run in own_runs():
                if not self._in_line(run.id) and run.status().state == "queued":
                    self._enqueue(run)

    def shutdown(self) -> None:
        """Let the run in hand save its state, and end the worker."""
        self._executor.shutdown(wait=True, cancel_futures=True)

    # Inside

    def _order(self) -> list[str]:
        with self._lock:
            open_ = {name: future for name, future in self._futures.items() if not future.done()}
            in_hand = sorted(open_, key=lambda name: not open_[name].running())  # stable: the others keep their order
            return in_hand + self._line.order()

    def _in_line(self, run_id: str) -> bool:
        return run_id in self._futures or run_id in self._line

    def _enqueue(self, run: Run, origin: str = "") -> None:
        with self._lock:
            self._line.join(run.id, origin)
            self._put_off_measurements()
            self._dispatch()

    def _dispatch(self) -> None:
        """Hand runs to the executor: one at a time to a worker process of our own, all of them to a cluster."""
        with self._lock:
            own_worker = isinstance(self._executor, WorkerExecutor)
            while self._line and not (own_worker and self._futures):
                ticket = self._line.take()
                try:
                    future = self._executor.submit(jobs.train, str(runs_folder() / ticket.run_id), self._turn_s)
                except RuntimeError:  # the server is shutting down; the next one takes it up
                    return
                self._futures[ticket.run_id], self._tickets[ticket.run_id] = future, ticket
                future.add_done_callback(partial(self._ended, ticket))
            if isinstance(self._executor, WorkerExecutor):
                self._executor.others_wait(bool(self._line))

    def _ended(self, ticket: Ticket, future: "Future[Any]") -> None:
        run = Run(runs_folder() / ticket.run_id)
        with self._lock:
            if self._futures.get(run.id) is future:
                del self._futures[run.id], self._tickets[run.id]
            if not future.cancelled() and future.exception() is None and future.result() == "queued":
                with contextlib.suppress(RunError):
                    if _waits(run) and not self._in_line(run.id):
                        self._line.join_again(ticket)
        if not future.cancelled():
            self._tell_if_lost(run, future.exception())
        self._dispatch()

    def _tell_if_lost(self, run: Run, error: BaseException | None) -> None:
        if error is None or isinstance(error, BlockingIOError):
            return
        logger.warning("run %s was lost: %s", run.id, error)
        with contextlib.suppress(OSError, RunError):
            status = run.status()
            if status.state in ("queued", "running", "interrupted"):
                known = isinstance(error, jobs.TrainingFailed)
                message = str(error) if known else _lost(status.epoch)
                write_order(run.folder, "none", message=message)

    def _halt(self, run_id: str, owner: str, token: str | None, wish: Wish) -> None:
        run = self._controlled(run_id, owner, token)
        with self._lock, _explained():
            if run.status().state == "finished":
                return
            future = self._futures.get(run_id)
            write_order(run.folder, wish)
            self._line.leave(run_id)
            if future is not None:
                future.cancel()

    def _go_on(self, run_id: str, owner: str, token: str | None, *, until_epoch: int | None) -> None:
        run = self._controlled(run_id, owner, token)
        _training_allowed()
        with self._lock, _explained():
            if run.status().state == "finished":
                raise TrainingError("Expected a run with epochs left. Received a finished one. Restart it instead.")
            self._refuse_second_run(run.config.owner, but=run_id)
            quota.refuse_without_room(0)
            write_order(run.folder, "run", until_epoch=until_epoch)
            if not self._in_hand(run_id) and run_id not in self._line:
                self._enqueue(run)

    def _in_hand(self, run_id: str) -> bool:
        """Return whether the worker still holds it: a wish to go on, in time, takes back the wish to pause."""
        future = self._futures.get(run_id)
        if future is None or future.done():
            return False
        # It may be past its last look at control.json: whoever is told so late is put in line again when it has ended.
        future.add_done_callback(lambda _: self._requeue_if_wished(run_id))
        return True

    def _requeue_if_wished(self, run_id: str) -> None:
        with contextlib.suppress(RunError, RuntimeError), self._lock:
            run = find_run(run_id)
            if not self._in_line(run_id) and _waits(run):
                self._enqueue(run)

    def _refuse_second_run(self, owner: str, but: str = "") -> None:
        for run in own_runs():
            if run.config.owner == owner and run.id != but and run.status().active:
                raise TrainingError(
                    f'Expected one run at a time. Received a second, while "{run.title}" trains or waits. '
                    "Pause or stop that one first."
                )

    def _controlled(self, run_id: str, owner: str, token: str | None) -> Run:
        run = find_run(run_id)
        if run.shipped:
            raise TrainingError("Expected a run trained here. Received one that came with Convscope. Start your own.")
        if not may_control(run, owner, token=token):
            raise TrainingError(
                "Expected a run of your own. Received somebody else's. You can watch it; start one of your own."
            )
        return run

    def _measure(self, architecture: Architecture, recipe: Recipe) -> bool:
        """Have a network measured unless that failed before or others wait; return whether it is being done."""
        name = measurements.key(architecture, recipe)
        with self._lock, contextlib.suppress(RuntimeError):
            if name in self._measuring:
                return True
            if name in self._unmeasurable or self._measuring or self._order():
                return False
            if not measurements.worth_measuring(architecture, recipe):
                return False
            future = self._measuring[name] = self._executor.submit(
                jobs.measure, architecture.to_text(), recipe.batch_size, recipe.optimizer, recipe.precision
            )
            future.add_done_callback(lambda done: self._measured(name, done))
            return True
        return False

    def _measured(self, name: str, done: Future[Any]) -> None:
        self._measuring.pop(name, None)
        if not done.cancelled() and done.exception() is not None:
            self._unmeasurable.add(name)

    def _put_off_measurements(self) -> None:
        """A visitor's run comes first; what was not measured now is measured when it is asked for again."""
        for future in list(self._measuring.values()):
            future.cancel()
        if self._measuring and isinstance(self._executor, WorkerExecutor):
            self._executor.hurry()


def _training_allowed() -> Settings:
    settings = Settings.from_environ()
    if not settings.training:
        raise TrainingError("Expected a server that trains. Received one set not to. Explore the shipped runs.")
    return settings


@contextlib.contextmanager
def _explained() -> Iterator[None]:
    """Turn an error of the disk into a sentence for a visitor."""
    try:
        yield
    except OSError as error:
        raise quota.disk_problem(error) from error


def _written(config: RunConfig) -> Run:
    """Write the folder of a run that waits; it appears whole or not at all.

    Raises:
        OSError: that cannot be done.
    """
    run = Run(runs_folder() / config.id)
    making = run.folder.with_name(f".{config.id}")
    try:
        making.mkdir(parents=True)
        write_order(making, "run")
        write_json(making / "config.json", config.to_json())
        making.rename(run.folder)
    except OSError:
        shutil.rmtree(making, ignore_errors=True)
        raise
    return run


def _images(recipe: Recipe, dataset: Dataset) -> tuple[int, int]:
    """Return how many images a run learns from, and how many it is validated on."""
    images = len(dataset.train.labels)
    held_out = round(images * recipe.held_out) if recipe.validation == "held-out" else 0
    return min(images - held_out, recipe.training_images or images), held_out or len(dataset.test.labels)


def _refuse_too_large(config: RunConfig, settings: Settings) -> int:
    """Raise a TrainingError where a run would take longer than one may; return about how many bytes it will take."""
    try:
        images = _images(config.recipe, registry.load(config.dataset))
    except DataError:
        return 0  # the run itself will say so
    seconds = measurements.estimate(config.architecture, config.recipe, *images).seconds
    if seconds > settings.max_run_s:
        raise TrainingError(
            f"Expected a run of at most {duration(settings.max_run_s)}. Received one of about {duration(seconds)}. "
            "Choose fewer epochs, larger batches or a smaller network."
        )
    return quota.forecast_bytes(config, *images)


def _waits(run: Run) -> bool:
    return run.status().state == "queued"


def _lost(epoch: int) -> str:
    return f"Its training process ended unexpectedly; resume it to go on from epoch {epoch}."


# One queue a server

_queue: TrainingQueue | None = None
_making = threading.Lock()


def the_queue() -> TrainingQueue:
    """Return this process's queue; the first call takes up what an earlier server left."""
    global _queue
    with _making:
        if _queue is None:
            _queue = TrainingQueue()
            atexit.register(shutdown)
            _queue.recover()
        return _queue


def submit(config: RunConfig, owner: str, *, origin: str = "") -> Run:
    """See `TrainingQueue.submit`."""
    return the_queue().submit(config, owner, origin=origin)


def restart(run_id: str, owner: str, *, origin: str = "") -> Run:
    """See `TrainingQueue.restart`."""
    return the_queue().restart(run_id, owner, origin=origin)


def pause(run_id: str, owner: str, *, token: str | None = None) -> None:
    """See `TrainingQueue.pause`."""
    the_queue().pause(run_id, owner, token=token)


def resume(run_id: str, owner: str, *, token: str | None = None) -> None:
    """See `TrainingQueue.resume`."""
    the_queue().resume(run_id, owner, token=token)


def stop(run_id: str, owner: str, *, token: str | None = None) -> None:
    """See `TrainingQueue.stop`."""
    the_queue().stop(run_id, owner, token=token)


def step(run_id: str, owner: str, *, token: str | None = None) -> None:
    """See `TrainingQueue.step`."""
    the_queue().step(run_id, owner, token=token)


def delete(run_id: str, owner: str, *, token: str | None = None) -> None:
    """See `TrainingQueue.delete`."""
    the_queue().delete(run_id, owner, token=token)


def undo(run_id: str, owner: str, *, token: str | None = None) -> Run:
    """See `TrainingQueue.undo`."""
    return the_queue().undo(run_id, owner, token=token)


def position(run_id: str) -> int | None:
    """See `TrainingQueue.position`."""
    return the_queue().position(run_id)


def why_waiting(run_id: str) -> str:
    """See `TrainingQueue.why_waiting`."""
    return the_queue().why_waiting(run_id)


def places() -> list[Place]:
    """See `TrainingQueue.places`."""
    return the_queue().places()


def estimate(architecture: Architecture, recipe: Recipe, dataset: Dataset) -> measurements.Estimate:
    """See `TrainingQueue.estimate`."""
    return the_queue().estimate(architecture, recipe, dataset)


def prepare() -> None:
    """See `TrainingQueue.prepare`."""
    the_queue().prepare()


def recover() -> None:
    """Take up what an earlier server left; call it once when the server starts."""
    the_queue()


def shutdown() -> None:
    """End this process's queue and its worker, if there are any."""
    global _queue
    with _making:
        ending, _queue = _queue, None
    if ending is not None:
        ending.shutdown()
