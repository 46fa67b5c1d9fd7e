"""What the worker process is asked to do: train the run in a folder, or measure how fast a network trains.

Importing this is cheap; TensorFlow is imported when a job begins, in the worker.
"""

import logging
import os
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from core.config import Settings
from core.data.dataset import Dataset
from core.errors import ConvscopeError, TrainingError
from core.training.data import validation_fingerprint
from core.training.runs import flag, lock, quota
from core.training.runs.flag import Flag
from core.training.runs.mail import Control, State, Status, Wish
from core.training.runs.run import Run
from core.training.runs.run_config import RunConfig
from core.training.worker import measurements
from core.training.worker.fit import check_fit

logger = logging.getLogger(__name__)

leaving = threading.Event()
"""Set when this process must end soon: its server is gone or shutting down."""

MEASURE_S = 12.0
"""How long a measurement may take once TensorFlow is loaded, the first step included, which compiles."""

_LOOK_EVERY_S = 0.05

MAKE_WAY_S = 1.5
"""How long it may take to leave; starting a new process takes about as long as the compiling it is left in."""


def train(folder: str, turn_s: float) -> State:
    """Train the run in `folder` as its control.json wishes; return the state it was left in: "queued" after a turn.

    Whatever goes wrong ends up as one sentence in status.json.

    Args:
        folder: of the run.
        turn_s: how long its turn is, if others wait then.
    """
    run = Run(Path(folder))
    try:
        return _trained(run, turn_s)
    except BlockingIOError:
        raise
    except Exception as error:
        return _failed(run, _sentence(run, error))


def _trained(run: Run, turn_s: float) -> State:
    recipe = run.config.recipe.suited()
    check_fit(run.config.architecture, recipe)
    _prepares(run, "Loading TensorFlow")
    load()
    from core.data import registry
    from core.training.worker.session import Terms, train_run

    _prepares(run, "Preparing images and network")
    dataset = registry.load(run.config.dataset)
    if Control.read(run.folder).wish != Wish.RUN:
        _before(run).write(run.folder)
        return run.status().state  # taken back while TensorFlow was loading
    _refuse_other_data(run.config, dataset)
    terms = Terms(
        turn_over=Turn(turn_s, lambda: flag.others_wait(run.folder).up).is_over,
        check_room=quota.refuse_to_go_on,
        longest_s=Settings.from_environ().max_run_s,
    )
    return train_run(run.folder, dataset, order=lambda: Control.read(run.folder), leaving=leaving.is_set, terms=terms)


def _refuse_other_data(config: RunConfig, dataset: Dataset) -> None:
    fingerprints = "", validation_fingerprint(dataset, config.recipe, config.seed)
    if config.class_names != dataset.class_names or config.fingerprint not in fingerprints:
        raise TrainingError(
            f"Expected the images and classes this run was made for. Received others: {dataset.title} changed since. "
            "Start the server again if it was running then, and a new run."
        )


def _sentence(run: Run, error: Exception) -> str:
    """Say to its owner why a run failed."""
    if isinstance(error, ConvscopeError):
        return str(error)
    if isinstance(error, OSError) and quota.is_full(error):
        return "The disk is full. Make room, then resume it; it goes on from its last epoch."
    if isinstance(error, OSError):
        return f"A file could not be written ({error.strerror or error}). Resume it to try again."
    logger.error("run %s failed", run.id, exc_info=error)
    if _out_of_memory(error):
        return "The memory ran out. Use smaller batches or a smaller network."
    return "Training stopped at an unexpected error, which the server's log tells."


def load() -> None:
    """Import TensorFlow, set for training, so that the next job of this worker need not."""
    import core.training.worker.session  # noqa: F401
    from core.training.worker import threads

    threads.sleep_when_idle()


def measure(architecture_text: str, batch_size: int, optimizer: str, precision: str, hurry: str) -> float:
    """Train a fresh network on noise for about two seconds; return images a second, kept for next time.

    Makes way, with nothing kept and 0 returned, when a visitor's run waits; the process ends where that takes long.

    Args:
        architecture_text, batch_size, optimizer, precision: what to measure.
        hurry: path of the flag that is up when a visitor's run waits behind this.
    """
    load()  # whoever comes needs TensorFlow too
    done = threading.Event()
    threading.Thread(target=_make_way, args=(Flag(Path(hurry)), done), daemon=True).start()
    try:
        return _measured_rate(architecture_text, batch_size, optimizer, precision, Flag(Path(hurry)))
    finally:
        done.set()


def _make_way(hurry: Flag, done: threading.Event) -> None:
    """End this process when a measurement has not ended soon after its time was up or a visitor's run came."""
    end = time.monotonic() + MEASURE_S
    while not hurry.up and time.monotonic() < end:
        if done.wait(_LOOK_EVERY_S):
            return
    if not done.wait(MAKE_WAY_S):
        os._exit(1)


def _measured_rate(architecture_text: str, batch_size: int, optimizer: str, precision: str, hurry: Flag) -> float:
    import numpy as np

    from core.config import IMAGE_SHAPE
    from core.model.construction.network import build
    from core.model.structure.architecture import Architecture
    from core.training.recipe import Recipe
    from core.training.steps.loop import Trainer

    recipe = Recipe(batch_size=batch_size, optimizer=optimizer, precision=precision, epochs=1000)
    architecture = Architecture.from_text(architecture_text)
    random = np.random.default_rng(0)
    images = random.integers(0, 256, (batch_size * 4, *IMAGE_SHAPE), np.uint8)
    labels = random.integers(0, architecture.classes, len(images))
    network = build(architecture, seed=0, dtype=precision)
    if hurry.up:
        return 0.0  # the first step, which compiles, would take seconds
    trainer = Trainer(network, recipe, images, labels, np.arange(len(images)), seed=0)
    marks: list[float] = []
    while len(marks) < 3 or (marks[-1] - marks[0] < 2 and len(marks) < 200):
        for _ in trainer.run_epoch():
            marks.append(time.monotonic())
            if hurry.up:
                return 0.0
    rate = batch_size * (len(marks) - 1) / (marks[-1] - marks[0])
    measurements.keep(measurements.key(architecture, recipe), rate)
    return rate


class Turn:
    """A run's turn; it begins with the first question and is over after `seconds`, if others wait then.

    Args:
        seconds: how long.
        others_wait: whether anybody would have the next turn.
    """

    def __init__(self, seconds: float, others_wait: Callable[[], bool]) -> None:
        self._seconds, self._others_wait = seconds, others_wait
        self._began: float | None = None

    def is_over(self) -> bool:
        """Return whether the run should leave now."""
        if self._began is None:
            self._began = time.monotonic()
        return time.monotonic() - self._began >= self._seconds and self._others_wait()


def _prepares(run: Run, phase: str) -> None:
    """Tell watchers what keeps a run from its first step; its session replaces this with its own first news."""
    if lock.is_held(run.folder):
        return  # another process trains it, and will refuse us
    replace(_before(run), phase=phase, phase_since=time.time()).write(run.folder)


def _before(run: Run) -> Status:
    """Return what status.json says, without what the run was being prepared for."""
    return (Status.read(run.folder) or Status()).prepared()


def _failed(run: Run, message: str) -> State:
    (run.folder / "live.npz").unlink(missing_ok=True)  # on a full disk, this is the room the next line needs
    try:
        serial = Control.read(run.folder).serial
        replace(_before(run), state=State.FAILED, message=message, serial=serial).now().write(run.folder)
    except OSError:
        logger.warning("run %s failed, and so did writing that down: %s", run.id, message)
        raise TrainingFailed(message) from None
    return State.FAILED


def within(limits: dict[str, str], function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
    """Return `function(*args, **kwargs)`, done within a server's limits.

    Args:
        limits: environment variables of the server, for a training process that was not started by it.
        function, args, kwargs: another job.
    """
    os.environ.update(limits)
    return function(*args, **kwargs)


class Moved(Exception):
    """The worker that had a job is gone, by no fault of the job: it goes on elsewhere."""


class TrainingFailed(Exception):
    """A run failed and its folder could not be told; the message is for its owner."""


def _out_of_memory(error: Exception) -> bool:
    return isinstance(error, MemoryError) or type(error).__name__ == "ResourceExhaustedError"
