"""Where visitors ask for training: what they may ask for is checked here, then done.

Every method that changes something raises a TrainingError or RunError where it cannot, a full disk included.
"""

import contextlib
import shutil
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from dataclasses import replace
from pathlib import Path

from core.config import Settings
from core.data import registry
from core.data.dataset import Dataset
from core.duration import duration
from core.errors import DataError, RunError, TrainingError
from core.model.structure.architecture import Architecture
from core.observing import counts
from core.training.data import image_counts
from core.training.dispatch import sharing
from core.training.dispatch.line import TURN_S
from core.training.dispatch.measuring import Measuring
from core.training.dispatch.permission import Permission
from core.training.dispatch.queue import TrainingQueue
from core.training.recipe import Recipe
from core.training.runs import lock, quota, trash
from core.training.runs.catalogue import find_run, own_runs, runs_folder
from core.training.runs.files import write_json
from core.training.runs.mail import Control, State, Wish
from core.training.runs.run import Run
from core.training.runs.run_config import RunConfig, new_config
from core.training.worker import measurements
from core.training.worker.executor import WorkerExecutor
from core.training.worker.fit import check_fit

MAX_RUNS_PER_VISITOR = 30

_LOOK_S = 0.5
"""How often a server looks what others that share its home have put in line."""


class Desk:
    """Takes visitors' wishes.

    Args:
        executor: where runs are trained and networks measured; the default starts a worker process on this machine. Any
            other needs the data folder where its workers run.
        permission: who may control which run.
        at_once: tells how many runs it trains at a time.
        problem: tells in a sentence why it trains none now; "" where it does.
        turn_s: how long a run trains there before others have their turn.
    """

    def __init__(
        self,
        executor: Executor | None = None,
        *,
        permission: Permission | None = None,
        at_once: Callable[[], int] = lambda: 1,
        problem: Callable[[], str] = str,
        turn_s: float = TURN_S,
    ) -> None:
        self.permission = permission or Permission()
        self._ending = threading.Event()
        self._executor = executor or WorkerExecutor()
        self._measuring = Measuring(
            self._executor, busy=lambda: bool(self.queue.order() or problem()) or not sharing.lead()
        )
        self.queue = TrainingQueue(
            self._executor, at_once=at_once, problem=problem, turn_s=turn_s, joined=self._measuring.make_way
        )

    # New runs

    @counts.refusing("training", TrainingError)
    def submit(self, config: RunConfig, owner: str, *, origin: str = "") -> Run:
        """Write the run's folder and put it in line.

        Args:
            config: as `runs.run_config.new_config` makes it.
            owner: hash of the visitor's id.
            origin: whatever tells the visitor's network address from others; runs of several take turns.

        Raises:
            TrainingError: training is switched off, the visitor trains already, or it asks for too much.
            ArchitectureError: the network cannot be built.
        """
        settings = _training_allowed()
        recipe = config.recipe
        check_fit(config.architecture, recipe)
        if config.recipe.epochs > settings.max_epochs:
            raise TrainingError(
                f"Expected at most {settings.max_epochs} epochs. Received {config.recipe.epochs}. Ask for fewer."
            )
        needed = _refuse_too_large(config, settings)
        with self.queue.lock, _explained():
            _refuse_second_run(owner)
            self.queue.refuse_when_full(origin)
            if sum(run.config.owner == owner for run in own_runs()) >= MAX_RUNS_PER_VISITOR:
                raise TrainingError(
                    f"Expected at most {MAX_RUNS_PER_VISITOR} runs a visitor. Received one more. Delete one first."
                )
            quota.refuse_without_room(needed)
            run = _written(replace(config, owner=owner, command=""))
            self.queue.join(run, origin)
        return run

    def restart(self, run_id: str, owner: str, *, origin: str = "") -> Run:
        """Submit a new run like `run_id`, which starts from the same initial weights; anybody may do so."""
        old = find_run(run_id).config
        dataset = registry.load(old.dataset)  # its pixels may be others than those a shipped run was trained on
        fresh = new_config(dataset, old.architecture, old.recipe, seed=old.seed, title=old.title)
        return self.submit(replace(fresh, snapshot_epochs=old.snapshot_epochs), owner, origin=origin)

    def estimate(self, architecture: Architecture, recipe: Recipe, dataset: Dataset) -> measurements.Estimate:
        """Return how long a run would take; when this network was never measured here, have it measured meanwhile."""
        result = measurements.estimate(architecture, recipe, *image_counts(recipe, dataset))
        if not result.measured and Settings.from_environ().training:
            return replace(result, measuring=self._measuring.begin(architecture, recipe))
        return result

    def prepare(self) -> None:
        """Start the worker ahead, for somebody who is about to train: loading TensorFlow is most of the wait."""
        if Settings.from_environ().training:
            self._measuring.warm_up()

    # Runs that are there

    def pause(self, run_id: str, owner: str, *, token: str | None = None) -> None:
        """Halt a queued or running run; its state is kept and the worker is free for the next."""
        self._halt(run_id, owner, token, Wish.PAUSE)

    def stop(self, run_id: str, owner: str, *, token: str | None = None) -> None:
        """End a run before its last epoch; what it has learned stays."""
        self._halt(run_id, owner, token, Wish.STOP)

    def resume(self, run_id: str, owner: str, *, token: str | None = None) -> None:
        """Put a halted run back into the queue; it goes on where it was."""
        self._go_on(run_id, owner, token, until_epoch=None)

    def step(self, run_id: str, owner: str, *, token: str | None = None) -> None:
        """Train to the end of the next epoch only, then pause."""
        self._go_on(run_id, owner, token, until_epoch=find_run(run_id).status().epoch + 1)

    def delete(self, run_id: str, owner: str, *, token: str | None = None) -> None:
        """Move a run into the trash, from where `undo` brings it back for a day."""
        run = self._controlled(run_id, owner, token)
        with self.queue.lock, _explained():
            if run.status().state == State.QUEUED:
                self.queue.halt(run, Wish.STOP)
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
        if not self.permission.may_control(deleted, owner, token=token):
            raise RunError("Expected a run of your own. Received somebody else's. Only its owner can bring it back.")
        with _explained():
            return trash.bring_back(deleted.id)

    # Life and death of the server

    def recover(self) -> None:
        """Take up what an earlier server left: requeue what waited, empty old trash. What it trained is interrupted."""
        trash.empty_old()
        if not Settings.from_environ().training:
            return
        threading.Thread(target=measurements.learn, args=(own_runs(),), name="learn-speeds", daemon=True).start()
        self.queue.begin()

    def keep_looking(self) -> None:
        """Look from now on what other servers that share this home do, until `shutdown`."""

        def look() -> None:
            while not self._ending.wait(_LOOK_S):
                self.queue.look()

        threading.Thread(target=look, name="training-line", daemon=True).start()

    def shutdown(self) -> None:
        """Let the run in hand save its state, and end the worker."""
        self._ending.set()
        self.queue.close()
        self._executor.shutdown(wait=True, cancel_futures=True)

    @property
    def worker_pid(self) -> int | None:
        """Process id of the worker on this machine, None while there is none."""
        return self._executor.pid if isinstance(self._executor, WorkerExecutor) else None

    # Inside

    def _controlled(self, run_id: str, owner: str, token: str | None) -> Run:
        """Return a run that this visitor may control.

        Raises:
            RunError, TrainingError: there is none of that name, or it is somebody else's.
        """
        run = find_run(run_id)
        if run.shipped:
            raise TrainingError("Expected a run trained here. Received one that came with Convscope. Start your own.")
        if not self.permission.may_control(run, owner, token=token):
            raise TrainingError(
                "Expected a run of your own. Received somebody else's. You can watch it; start one of your own."
            )
        return run

    def _halt(self, run_id: str, owner: str, token: str | None, wish: Wish) -> None:
        run = self._controlled(run_id, owner, token)
        with self.queue.lock, _explained():
            if run.status().state != State.FINISHED:
                self.queue.halt(run, wish)

    def _go_on(self, run_id: str, owner: str, token: str | None, *, until_epoch: int | None) -> None:
        run = self._controlled(run_id, owner, token)
        _training_allowed()
        with self.queue.lock, _explained():
            if run.status().state == State.FINISHED:
                raise TrainingError("Expected a run with epochs left. Received a finished one. Restart it instead.")
            _refuse_second_run(run.config.owner, but=run_id)
            quota.refuse_without_room(0)
            self.queue.go_on(run, until_epoch=until_epoch)


def _refuse_second_run(owner: str, but: str = "") -> None:
    for run in own_runs():
        if run.config.owner == owner and run.id != but and run.status().active:
            raise TrainingError(
                f'Expected one run at a time. Received a second, while "{run.title}" trains or waits. '
                "Pause or stop that one first."
            )


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
        Control().send(making)
        write_json(making / "config.json", config.to_json())
        making.rename(run.folder)
    except OSError:
        shutil.rmtree(making, ignore_errors=True)
        raise
    return run


def _refuse_too_large(config: RunConfig, settings: Settings) -> int:
    """Raise a TrainingError where a run would take longer than one may; return about how many bytes it will take."""
    try:
        images = image_counts(config.recipe, registry.load(config.dataset))
    except DataError:
        return 0  # the run itself will say so
    seconds = measurements.estimate(config.architecture, config.recipe, *images).seconds
    if seconds > settings.max_run_s:
        raise TrainingError(
            f"Expected a run of at most {duration(settings.max_run_s)}. Received one of about {duration(seconds)}. "
            "Choose fewer epochs, larger batches or a smaller network."
        )
    return quota.forecast_bytes(config, *images)
