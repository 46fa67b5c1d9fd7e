"""Trains the run in a folder from wherever it stands to its end, or to where somebody wishes it to halt."""

import os
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import keras
import numpy as np

from core.data.dataset import Dataset
from core.duration import duration
from core.errors import RunError
from core.model.construction.network import build
from core.model.inference.networks import Network
from core.model.quality.evaluation import evaluate, logits_of
from core.model.structure.architecture import Architecture
from core.training.data import divide
from core.training.runs.lock import FolderLock
from core.training.runs.mail import Control, State, Status, Wish
from core.training.runs.run import STEP_COLUMNS, Run
from core.training.runs.run_config import RunConfig
from core.training.runs.tables import read_table
from core.training.steps.loop import EpochMeans, StepMetrics, Trainer
from core.training.steps.start import initial_network
from core.training.worker import measurements
from core.training.worker.recorder import Recorder

LIVE_INTERVAL_S = 1.0
LIVE_SHARE = 0.02
"""At most this part of the process's CPU time goes into live.npz and status.json, however slow the machine."""

PINNED_IMAGES = 8
"""How many of the first validation images are watched while it trains."""


@dataclass(frozen=True, kw_only=True)
class Terms:
    """On which terms a run trains beside those of others.

    Attributes:
        turn_over: asked before every step; true when others wait and its turn is over.
        check_room: called before an epoch is saved; a TrainingError where the disk has no room for it.
        longest_s: how long it may train in all.
    """

    turn_over: Callable[[], bool] = lambda: False
    check_room: Callable[[], None] = lambda: None
    longest_s: float = float("inf")


def train_run(
    folder: Path,
    dataset: Dataset,
    *,
    order: Callable[[], Control] = Control,
    live_interval_s: float = LIVE_INTERVAL_S,
    leaving: Callable[[], bool] = lambda: False,
    terms: Terms | None = None,
) -> State:
    """Train the run in `folder` and return the state it was left in.

    Args:
        folder: holds config.json; resume.keras too when it has been trained before.
        dataset: the data named in its config.
        order: asked before every step.
        live_interval_s: how often status.json and live.npz are replaced; infinity for never.
        leaving: asked before every step; true when the process must end soon.
        terms: of a server that others use too; default: none.

    Raises:
        BlockingIOError: another process trains it.
        OSError: the disk is full, or a file cannot be written.
    """
    held = FolderLock(folder)
    try:
        return _Session(folder, dataset, order, live_interval_s, leaving, terms or Terms()).run()
    finally:
        held.release()


def _saved_network(path: Path) -> keras.Model:
    """Return the network a run was left with, its optimizer included.

    Raises:
        RunError: the file is damaged.
    """
    try:
        return keras.saving.load_model(path)
    except MemoryError:
        raise
    except Exception as error:  # zip, JSON, HDF5 and Keras raise what the damage leads them to
        raise RunError(
            "Expected the state this run was saved in. Received a resume.keras that cannot be read. "
            "Restart the run from its beginning; its snapshots stay."
        ) from error


def _at_single_precision(network: keras.Model, architecture: Architecture) -> keras.Model:
    """Return `network` with its optimizer as it is, or what it is at single precision where it computes at half."""
    if all(layer.compute_dtype == "float32" for layer in network.layers):
        return network
    single, saved = build(architecture, seed=0), network.optimizer
    single.set_weights(network.get_weights())
    optimizer = type(saved).from_config(saved.get_config())
    single.compile(optimizer=optimizer, loss=network.loss, metrics=["accuracy"])
    optimizer.build(single.trainable_variables)
    for variable, value in zip(optimizer.variables, saved.variables, strict=True):
        variable.assign(value)
    return single


class _Session:
    def __init__(
        self,
        folder: Path,
        dataset: Dataset,
        order: Callable[[], Control],
        live_interval_s: float,
        leaving: Callable[[], bool],
        terms: Terms | None = None,
    ) -> None:
        config = Run(folder).config
        self.config: RunConfig = replace(config, recipe=config.recipe.suited())  # it may come from elsewhere
        self.order, self.live_interval_s, self.leaving = order, live_interval_s, leaving
        self.terms = terms or Terms()
        self.heard = order().serial
        self.data = divide(dataset, self.config.recipe, self.config.seed)
        self.pinned = np.asarray(self.data.validation_images[:PINNED_IMAGES])
        resume = folder / "resume.keras"
        if resume.exists():
            network = _saved_network(resume)
            if not self.config.recipe.half:
                network = _at_single_precision(network, self.config.architecture)
        else:
            network = initial_network(self.config.architecture, self.config.recipe, self.data, self.config.seed)
        self.trainer = Trainer(
            network, self.config.recipe, self.data.images, self.data.labels, self.data.train, seed=self.config.seed
        )
        steps, epochs = self.trainer.steps_done, self.trainer.epochs_done
        self.recorder = Recorder(folder, steps_done=steps, epochs_done=epochs if steps else -1)
        self.elapsed_before, self.means = self._carried_on(steps, epochs)
        self.stopwatch = self._stopwatch(steps)
        self.started = self.last_live = time.monotonic()
        self.cpu_of_next_live = 0.0
        self.rate, self.between_epochs_s = Rate(), 0.0

    def _carried_on(self, steps: int, epochs: int) -> tuple[float, EpochMeans]:
        """Return seconds trained before, and the started epoch's means."""
        table = read_table(self.recorder.folder / "steps.csv")  # all of it: the sums are of every step
        if not steps or not table.keys() >= set(STEP_COLUMNS) or not len(table["step"]):
            return 0.0, EpochMeans()
        this = table["step"] > epochs * self.trainer.steps_per_epoch
        sizes = np.full(int(this.sum()), self.config.recipe.batch_size)
        losses, accuracies = table["loss"][this], table["accuracy"][this]
        means = EpochMeans(int(sizes.sum()), float(losses @ sizes), float(accuracies @ sizes))
        return float(table["elapsed_s"][-1]), means

    def _stopwatch(self, steps: int) -> "Stopwatch":
        """Return the time the started epoch took so far, if it was left at this very step."""
        status = Status.read(self.recorder.folder)
        if status is None or status.step != steps:
            return Stopwatch()
        return Stopwatch(status.epoch_seconds, status.epoch_cpu_seconds)

    def run(self) -> State:
        trainer = self.trainer
        try:
            if trainer.steps_done == 0:
                self._finish_epoch(0, rate=float("nan"))
            while trainer.epochs_done < self.config.recipe.epochs:
                halt = self._halt(epoch_ended=True)
                if halt is None:
                    halt = self._train_epoch()
                if halt is not None:
                    return self._leave(*halt)
            return self._leave(State.FINISHED, "")
        finally:
            self.recorder.close()

    def _train_epoch(self) -> tuple[State, str] | None:
        """Train to the end of the epoch; return state and message when something halts it."""
        self.stopwatch.start()
        self.rate.begin_epoch()
        metrics = None
        for metrics in self.trainer.run_epoch():
            self.recorder.step(metrics, self._elapsed())
            self.means.add(metrics)
            self.rate.count(metrics.images)
            if not np.isfinite(metrics.loss):
                return State.FAILED, (
                    f"The loss became infinite at step {metrics.step:,}: training diverged. "
                    "Train a new run with a smaller learning rate."
                )
            self._report(metrics)
            if metrics.step % self.trainer.steps_per_epoch and (halt := self._halt(epoch_ended=False)):
                return halt
        if metrics is not None:
            self._finish_epoch(metrics.epoch, rate=metrics.learning_rate)
        return None

    def _finish_epoch(self, epoch: int, *, rate: float) -> None:
        began = time.monotonic()
        seconds, cpu_seconds = self.stopwatch.read()
        self.stopwatch = Stopwatch()
        data, network = self.data, self.trainer.network
        logits = logits_of(self._network(), data.validation_images)
        result = evaluate(logits, data.validation_labels)
        means, self.means = self.means, EpochMeans()
        self.terms.check_room()
        if epoch in self.config.snapshot_epochs:
            self.recorder.snapshot(network, epoch, logits, data.validation_labels, data.fingerprint)
        self.recorder.resume_point(network)
        self.recorder.epoch(
            epoch=epoch,
            loss=means.loss,
            accuracy=means.accuracy,
            val_loss=result.loss,
            val_accuracy=result.accuracy,
            learning_rate=rate,
            seconds=seconds,
            cpu_seconds=cpu_seconds,
            images_per_s=means.images / seconds if seconds else float("nan"),
        )
        measurements.keep_epoch(self.config, epoch, means.images, seconds)
        self.between_epochs_s = time.monotonic() - began
        self._status(State.RUNNING, "")

    def _network(self) -> Network:
        """Return the network as it is now, to be asked."""
        config = self.config
        return Network.of(self.trainer.network, config.architecture, dtype=config.recipe.precision)

    def _halt(self, *, epoch_ended: bool) -> tuple[State, str] | None:
        order = self.order()
        self.heard = order.serial
        if order.wish == Wish.STOP:
            return State.STOPPED, ""
        if order.wish == Wish.PAUSE:
            return State.PAUSED, ""
        if epoch_ended and order.until_epoch is not None and self.trainer.epochs_done >= order.until_epoch:
            return State.PAUSED, ""
        if self.leaving():
            return State.INTERRUPTED, "The server was shut down; resume it to go on from here."
        if self._elapsed() > self.terms.longest_s:
            longest = duration(self.terms.longest_s)
            return State.STOPPED, f"It has trained for {longest}, the longest a run may on this server."
        if self.terms.turn_over():
            return State.QUEUED, ""
        return None

    def _leave(self, state: State, message: str) -> State:
        if state == State.FINISHED:
            (self.recorder.folder / "live.npz").unlink(missing_ok=True)
        elif state != State.FAILED and self.trainer.steps_done:
            self.recorder.resume_point(self.trainer.network)
        self._status(state, message)
        return state

    def _report(self, metrics: StepMetrics) -> None:
        now = time.monotonic()
        if now - self.last_live >= self.live_interval_s and time.process_time() >= self.cpu_of_next_live:
            self.last_live, began = now, time.process_time()
            self.recorder.live(self.trainer.network, self._network().logits(self.pinned), self.pinned, metrics)
            self._status(State.RUNNING, "")
            cost = time.process_time() - began
            if self.live_interval_s:
                self.cpu_of_next_live = time.process_time() + cost / LIVE_SHARE

    def _status(self, state: State, message: str) -> None:
        done, steps = self.trainer.steps_done, self.trainer.steps
        per_s = self.rate.per_s()
        epochs_left = self.config.recipe.epochs - self.trainer.epochs_done
        images_left = (steps - done) * len(self.data.train) / self.trainer.steps_per_epoch
        seconds, cpu_seconds = self.stopwatch.read()
        left = images_left / per_s + epochs_left * self.between_epochs_s if per_s else None
        self.recorder.status(
            Status(
                state=state,
                message=message,
                serial=self.heard,  # not the newest: a wish that came after the last look has to stay unanswered
                epoch=self.trainer.epochs_done,
                step=done,
                steps=steps,
                images_per_s=round(per_s, 1),
                seconds_left=round(left, 1) if left is not None else None,
                pid=os.getpid(),
                epoch_seconds=round(seconds, 3),
                epoch_cpu_seconds=round(cpu_seconds, 3),
            )
        )

    def _elapsed(self) -> float:
        return self.elapsed_before + time.monotonic() - self.started


class Stopwatch:
    """Measures one epoch, over every pause in it.

    Args:
        seconds, cpu_seconds: what it took before this process began.
    """

    def __init__(self, seconds: float = 0.0, cpu_seconds: float = 0.0) -> None:
        self._before = seconds, cpu_seconds
        self._began: tuple[float, float] | None = None

    def start(self) -> None:
        """Measure from now on."""
        self._began = time.monotonic(), time.process_time()

    def read(self) -> tuple[float, float]:
        """Return seconds and CPU seconds so far."""
        if self._began is None:
            return self._before
        return (
            self._before[0] + time.monotonic() - self._began[0],
            self._before[1] + time.process_time() - self._began[1],
        )


class Rate:
    """Images a second over about the last ten seconds of training, without the pauses for validation and without the
    first step, in which TensorFlow compiles the network."""

    def __init__(self) -> None:
        self._steps: deque[tuple[float, int]] = deque()
        self._seconds, self._images = 0.0, 0
        self._last: float | None = None

    def begin_epoch(self) -> None:
        """Leave the time since the last step out."""
        if self._last is not None:
            self._last = time.monotonic()

    def count(self, images: int) -> None:
        """Count the images of the step that has just ended."""
        now = time.monotonic()
        if self._last is not None:
            self._change(now - self._last, images)
            self._steps.append((now - self._last, images))
        self._last = now
        while len(self._steps) > 1 and self._seconds > 10:
            seconds, past = self._steps.popleft()
            self._change(-seconds, -past)

    def _change(self, seconds: float, images: int) -> None:
        self._seconds, self._images = self._seconds + seconds, self._images + images

    def per_s(self) -> float:
        """Return 0 while nothing is known yet."""
        return self._images / self._seconds if self._seconds > 0 else 0.0
