"""How many images a second this machine trains, network by network: measured once, kept in the data folder."""

import platform
from dataclasses import dataclass
from pathlib import Path

from core.config import Settings
from core.model.architecture import Architecture
from core.training.files import read_json, write_json
from core.training.recipes import Recipe

TYPICAL_MULTIPLY_ADDS_PER_S = 8e9
"""Of forward passes while training, on two processor cores; the guess before anything was measured."""

OVERHEAD_MULTIPLY_ADDS = 1.5e6
"""What an image costs besides its multiply-adds (batches, pooling, optimizer), expressed as such."""

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
    known = _known()
    known[name] = {"images_per_s": round(images_per_s, 2)}
    newest = dict(list(known.items())[-500:])
    path = _path()
    path.parent.mkdir(parents=True, exist_ok=True)
    write_json(path, (read_json(path) or {}) | {_machine(): newest})


def measured(architecture: Architecture, recipe: Recipe) -> float | None:
    """Return images a second for exactly this on this machine; None when it was never measured."""
    entry = _known().get(key(architecture, recipe))
    return float(entry["images_per_s"]) if entry else None


def estimate(architecture: Architecture, recipe: Recipe, training_images: int, validation_images: int) -> Estimate:
    """Return how long `recipe` takes on so many images; scaled by multiply-adds where it was not measured."""
    rate = measured(architecture, recipe)
    known = rate is not None
    if rate is None:
        rate = _throughput() / (architecture.multiply_adds + OVERHEAD_MULTIPLY_ADDS)
    seconds = recipe.epochs * (training_images + validation_images / VALIDATION_SPEEDUP) / rate
    return Estimate(seconds=seconds, training_images=training_images, images_per_s=rate, measured=known)


def _throughput() -> float:
    """Return multiply-adds a second, from what was measured of other networks."""
    rates = []
    for name, entry in _known().items():
        work = Architecture.from_text(name.split()[0]).multiply_adds + OVERHEAD_MULTIPLY_ADDS
        rates.append(work * float(entry["images_per_s"]))
    return sorted(rates)[len(rates) // 2] if rates else TYPICAL_MULTIPLY_ADDS_PER_S


def _known() -> dict[str, dict[str, float]]:
    found = (read_json(_path()) or {}).get(_machine(), {})
    return found if isinstance(found, dict) else {}


def _machine() -> str:
    return f"{platform.node()} {platform.machine()}"


def _path() -> Path:
    return Settings.from_environ().home / "measurements.json"
