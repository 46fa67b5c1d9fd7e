"""How many images a second this machine trains, network by network: from runs first, else measured once.

Every epoch of every run tells how fast its network trains; that is kept in the data folder, in whole images: cropped
ones count by their part of the pixels. A network nothing was learned of yet is scaled from the most similar one that
trained here, else from a shipped run, and measured only where neither is alike and the measurement is sure to be short
and small.
"""

import functools
import math
import platform
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.config import Settings
from core.errors import ConvscopeError
from core.model.structure.architecture import Architecture
from core.model.structure.memory import training_bytes
from core.training.recipe import Recipe
from core.training.runs.files import Remembered, read_json, write_json
from core.training.runs.run import Run, shipped_runs
from core.training.runs.run_config import RunConfig

OVERHEAD_MULTIPLY_ADDS = 1.5e6
"""What an image costs besides (batches, optimizer), expressed in multiply-adds of a forward pass."""

VALUE_MULTIPLY_ADDS = 100
"""What every number a layer puts out costs besides, likewise: it is written, read, and written again on the way back.
Normalization and pooling hardly multiply, yet take most of the time of networks full of them."""

STEP_LAYER_S = 0.35e-3
"""What every step costs for each layer of a network, however few images are in it: batches of one take hours."""

ALIKE = 1.5
"""Networks that are no further apart than this (see `_distance`) need no measurement of their own."""

MEASURED_BYTES, MEASURED_STEP_S = 500_000_000, 1.0
"""Only networks whose steps fill and take no more than this are measured before a run."""

VALIDATION_SPEEDUP = 3.0
"""A forward pass takes about a third of a training step."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """How long a run will take.

    Attributes:
        seconds: of training and validation, on an otherwise idle machine.
        training_images: the run learns from in an epoch.
        images_per_s: while training.
        measured: whether this very network was measured on this machine; else it is scaled from another one.
        measuring: whether it is being measured now: ask again in a moment.
    """

    seconds: float
    training_images: int
    images_per_s: float
    measured: bool
    measuring: bool = False


def key(architecture: Architecture, recipe: Recipe) -> str:
    """Return what the speed depends on, as text."""
    return f"{architecture.to_text()} {recipe.batch_size} {recipe.optimizer} {recipe.precision}"


def keep(name: str, images_per_s: float) -> None:
    """Remember a measurement for this machine."""
    _keep({name: images_per_s})


def measured(architecture: Architecture, recipe: Recipe) -> float | None:
    """Return images a second for exactly this on this machine; None when it was never measured."""
    return _known().get(key(architecture, recipe))


def keep_epoch(config: RunConfig, epoch: int, images: float, seconds: float) -> None:
    """Remember how fast one epoch of a run was; the first, in which TensorFlow compiles, only where it was long."""
    if images and seconds > (10.0 if epoch == 1 else 0.0):
        keep(key(config.architecture, config.recipe), images / seconds * config.recipe.crop_share)


def learn(runs: Iterable[Run]) -> None:
    """Remember what runs of this data folder tell that is not known yet."""
    known = _known()
    found = {name: rate for name, rate in map(_of_run, runs) if rate and name not in known}
    if found:
        _keep(found)


def estimate(architecture: Architecture, recipe: Recipe, training_images: int, validation_images: int) -> Estimate:
    """Return how long `recipe` takes on so many images; scaled by work where this network never trained here."""
    rate = measured(architecture, recipe)
    known = rate is not None
    if rate is None:
        rate = _scaled(architecture, recipe)
    share = recipe.crop_share
    seconds = recipe.epochs * (training_images * share + validation_images / VALIDATION_SPEEDUP) / rate
    return Estimate(seconds=seconds, training_images=training_images, images_per_s=rate / share, measured=known)


def worth_measuring(architecture: Architecture, recipe: Recipe) -> bool:
    """Return whether a measurement would tell more than other runs do, and be short and small."""
    if training_bytes(architecture, recipe.batch_size, half=recipe.half) > MEASURED_BYTES:
        return False
    if recipe.batch_size / _scaled(architecture, recipe) > MEASURED_STEP_S:
        return False
    kind = key(architecture, recipe).split()[2:]
    return not any(name.split()[2:] == kind and _distance(architecture, recipe, name) <= ALIKE for name in _known())


def _scaled(architecture: Architecture, recipe: Recipe) -> float:
    """Return images a second, from the most similar network that trained here, or was shipped."""
    rates = _known() or _shipped()
    nearest = min(rates, key=lambda name: _distance(architecture, recipe, name))
    text, batch, *_ = nearest.split()
    image_s = 1 / rates[nearest]
    work_s = max(image_s - _step_s(text) / int(batch), 0.3 * image_s)  # where steps cost more than that, guess no less
    own = architecture.to_text()
    return 1 / (work_s * _work(own) / _work(text) + _step_s(own) / recipe.batch_size)


def _distance(architecture: Architecture, recipe: Recipe, name: str) -> float:
    """Return by which factor the work differs, times the fourth root of that of the batches; 1 for equal ones."""
    text, batch, *_ = name.split()
    factors = (_work(architecture.to_text()) / _work(text), (recipe.batch_size / int(batch)) ** 0.25)
    return math.prod(max(factor, 1 / factor) for factor in factors)


@functools.lru_cache(maxsize=1024)
def _work(text: str) -> float:
    """Return the work of one image, in multiply-adds of a forward pass; NaN for what is no network."""
    try:
        architecture = Architecture.from_text(text)
        values = architecture.activation_bytes / 4
        return architecture.multiply_adds + VALUE_MULTIPLY_ADDS * values + OVERHEAD_MULTIPLY_ADDS
    except ConvscopeError:
        return math.nan


@functools.lru_cache(maxsize=1024)
def _step_s(text: str) -> float:
    """Return what a step takes besides the work on its images, in seconds."""
    return STEP_LAYER_S * len(Architecture.from_text(text).rows())


def _of_run(run: Run) -> tuple[str, float]:
    """Return a run's key, and images a second in its median epoch, the first left out; 0 where that is unknown."""
    try:
        config, rates = run.config, run.epoch_table()["images_per_s"][2:]
    except ConvscopeError:
        return "", 0.0
    rates = rates[np.isfinite(rates) & (rates > 0)]
    whole = float(np.median(rates)) * config.recipe.crop_share if len(rates) else 0.0
    return key(config.architecture, config.recipe), whole


@functools.cache
def _shipped() -> dict[str, float]:
    """Return what the shipped runs tell: of another machine, but better than nothing."""
    return {name: rate for name, rate in map(_of_run, shipped_runs()) if rate}


def _known() -> dict[str, float]:
    """Return images a second by key, as far as this machine knows; damaged lines are left out."""
    return _rates(_path())


def _read(path: Path) -> dict[str, float]:
    found = (read_json(path) or {}).get(_machine())
    rates = {}
    for name, entry in found.items() if isinstance(found, dict) else ():
        rate = entry.get("images_per_s") if isinstance(entry, dict) else None
        text, *rest = name.split() or [""]
        if isinstance(rate, int | float) and 0 < rate < math.inf and _is_key(text, rest):
            rates[name] = float(rate)
    return rates


_rates = Remembered(_read, at_most=4)


def _is_key(text: str, rest: list[str]) -> bool:
    return len(rest) == 3 and rest[0].isdecimal() and int(rest[0]) > 0 and math.isfinite(_work(text))


def _keep(rates: dict[str, float]) -> None:
    kept = {name: rate for name, rate in _known().items() if name not in rates} | rates
    newest = {name: {"images_per_s": round(rate, 2)} for name, rate in list(kept.items())[-500:]}
    path = _path()
    path.parent.mkdir(parents=True, exist_ok=True)
    write_json(path, (read_json(path) or {}) | {_machine(): newest})


def _machine() -> str:
    """Name whatever trains here; the machines of a cluster count as one."""
    return Settings.from_environ().executor or f"{platform.node()} {platform.machine()}"


def _path() -> Path:
    return Settings.from_environ().home / "measurements.json"
