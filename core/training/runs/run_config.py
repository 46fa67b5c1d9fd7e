"""What is decided before a run starts: its config.json."""

import datetime
import functools
import platform
import re
import secrets
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any

import numpy as np

from core.data import registry
from core.data.dataset import Dataset
from core.errors import ArchitectureError, DataError, RunError, TrainingError
from core.model.structure.architecture import Architecture
from core.training.data import validation_fingerprint
from core.training.recipe import Recipe
from core.training.runs.files import is_text

RUN_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,60}")
"""What the name of a run's folder looks like."""

_TEXTS = ("id", "title", "family", "dataset", "data_note", "fingerprint", "owner", "created", "command")


@dataclass(frozen=True, slots=True, kw_only=True)
class RunConfig:
    """Everything that is decided before a run starts; with it the run can be repeated.

    Attributes:
        id: name of the folder: lower-case letters, digits, hyphens.
        title: what a visitor reads.
        family: on which images its snapshots make sense, see `Dataset.family`.
        dataset: key in the registry of the data it trains on.
        class_names: of that data, in the order of the network's outputs.
        data_note: what to say beside its figures, for example "on re-encoded CIFAR-10"; may be empty.
        architecture, recipe, seed: the network, how it is trained, and the seed of everything random.
        fingerprint: of the validation data, the one its evaluations carry.
        owner: hash of the owner's id; empty for shipped runs.
        created: UTC time, ISO 8601.
        versions: of Python and the packages.
        snapshot_epochs: the epochs whose weights are kept.
        command: what to type to repeat it; empty where there is no such command.
    """

    id: str
    title: str
    family: str
    dataset: str
    architecture: Architecture
    recipe: Recipe
    seed: int = 0
    class_names: tuple[str, ...] = ()
    data_note: str = ""
    fingerprint: str = ""
    owner: str = ""
    created: str = ""
    versions: dict[str, str] = field(default_factory=dict)
    snapshot_epochs: tuple[int, ...] = ()
    command: str = ""

    def __post_init__(self) -> None:
        if not RUN_ID.fullmatch(self.id):
            raise RunError(f"Expected an id of letters, digits and hyphens. Received {self.id[:40]!r}. Choose another.")
        if not 0 <= self.seed < 2**31:
            raise TrainingError(f"Expected a seed from 0 to 2,147,483,647. Received {self.seed}. Choose another.")

    def to_json(self) -> dict[str, Any]:
        """Return a dict of JSON types."""
        plain = {name: getattr(self, name) for name in self.__slots__ if name not in ("architecture", "recipe")}
        plain |= {name: list(plain[name]) for name in ("snapshot_epochs", "class_names")}
        return plain | {"architecture": self.architecture.to_json(), "recipe": self.recipe.to_json()}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "RunConfig":
        """Build from `to_json`'s dict.

        Raises:
            RunError: it does not describe a run.
        """
        try:
            known = {name: data[name] for name in cls.__slots__ if name in data}
            known["architecture"] = Architecture.from_json(data["architecture"])
            known["architecture"].rows()  # raises where the stack cannot be built
            known["recipe"] = Recipe.from_json(data["recipe"])
            known["snapshot_epochs"] = tuple(int(epoch) for epoch in data.get("snapshot_epochs", ()))
            known["class_names"] = tuple(data.get("class_names") or registry.row(data["dataset"]).about.class_names)
            for name, text in [*((name, known.get(name, "")) for name in _TEXTS), *enumerate(known["class_names"])]:
                if not is_text(text):
                    raise TypeError(f"{name} is no text")
            if not isinstance(known.get("seed", 0), int):
                raise TypeError("seed is no whole number")
            if len(known["class_names"]) != known["architecture"].classes:
                raise ValueError(f"{len(known['class_names'])} classes and {known['architecture'].classes} logits")
            return cls(**known)
        except (KeyError, TypeError, ValueError, OverflowError, AttributeError, RecursionError,
                ArchitectureError, DataError, TrainingError) as error:  # fmt: skip
            raise RunError(
                f"Expected a config.json that Convscope wrote. Received something else ({error}). Delete the run."
            ) from error


def new_config(
    dataset: Dataset, architecture: Architecture, recipe: Recipe, *, seed: int = 0, title: str = "", at_most: int = 31
) -> RunConfig:
    """Return the config of a run that is yet to start, with a fresh id, at a precision this processor computes.

    Args:
        architecture, recipe, seed: the network, how to train it, and the seed of everything random.
        title: what a visitor reads, of which what cannot be printed is left out; the recipe's name where empty.
        at_most: how many snapshots to keep.

    Raises:
        TrainingError: the network tells another number of classes apart than the data have.
    """
    if architecture.classes != dataset.classes:
        raise TrainingError(
            f"Expected a network that ends in {dataset.classes} logits, one for each class of {dataset.title}. "
            f"Received one that ends in {architecture.classes}. Give its last layer {dataset.classes} units."
        )
    now, recipe = datetime.datetime.now(datetime.UTC), recipe.suited()
    return RunConfig(
        id=f"{recipe.name}-{now:%m%d-%H%M%S}-{secrets.token_hex(2)}",
        title=_printable(title)[:80] or f"{recipe.name.capitalize()} recipe",
        family=dataset.family,
        dataset=dataset.name,
        class_names=dataset.class_names,
        data_note=dataset.figures_note,
        architecture=architecture,
        recipe=recipe,
        seed=seed,
        fingerprint=validation_fingerprint(dataset, recipe, seed),
        created=now.isoformat(timespec="microseconds"),
        versions=package_versions(),
        snapshot_epochs=snapshot_epochs(recipe.epochs, at_most=at_most),
    )


def _printable(text: str) -> str:
    """Return a text on one line, without characters that turn the reading direction or steer a terminal."""
    return "".join(c for c in " ".join(text.split()) if c.isprintable())


@functools.cache
def package_versions() -> dict[str, str]:
    """Return the versions a run's result depends on."""
    return {"python": platform.python_version()} | {name: version(name) for name in ("tensorflow", "keras", "numpy")}


def snapshot_epochs(epochs: int, *, at_most: int = 31) -> tuple[int, ...]:
    """Return which epochs to keep, 0 and the last among them: all, or ever fewer toward the end.

    Example:
        >>> snapshot_epochs(24, at_most=8)
        (0, 1, 2, 3, 5, 8, 14, 24)
    """
    if epochs + 1 <= at_most:
        return tuple(range(epochs + 1))
    for points in range(at_most, 10 * at_most):
        spaced = {0, *np.geomspace(1, epochs, points - 1).round().astype(int).tolist()}
        if len(spaced) >= at_most:
            break
    return (*sorted(spaced)[: at_most - 1], epochs)
