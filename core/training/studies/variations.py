"""What each setting of training does, one at a time, from the same start:

    python -m core.training.studies.variations

trains a small network on 10,000 images of CIFAR-10, eight passes each, once for every value of every setting and for
three seeds, and writes variations.csv: a row for every epoch. It goes on where an earlier call was cut short. Curves
are kept, no weights: at this size they show what a setting does, not how good a network gets.
"""

import argparse
import csv
import math
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from core.config import SHIPPED_RUNS
from core.data import registry
from core.data.dataset import Dataset
from core.model.structure.architecture import Architecture
from core.training.recipe import Recipe
from core.training.runs.files import write_json
from core.training.runs.run import Run
from core.training.runs.run_config import new_config

FILE = SHIPPED_RUNS / "variations.csv"
COLUMNS = ("setting", "value", "seed", "epoch", "loss", "accuracy", "val_loss", "val_accuracy")
SEEDS = (0, 1, 2)

NETWORK = "s-c8p-m2-c16p-m2-c16p-c16p-f-d10l"
RECIPE = Recipe(epochs=8, batch_size=100, training_images=10_000, held_out=0.2)
USUAL = "as usual"
"""What a row's setting is called where nothing was changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Variation:
    """One setting, with one value other than the usual one.

    Attributes:
        setting, value: in words.
        recipe, network: all that decides the training.
    """

    setting: str
    value: str
    recipe: Recipe = RECIPE
    network: str = NETWORK


def _by(setting: str, value: str, **changes: object) -> Variation:
    return Variation(setting=setting, value=value, recipe=replace(RECIPE, **changes))  # type: ignore[arg-type]


VARIATIONS = (
    Variation(setting=USUAL, value=""),
    _by("learning rate", "0.0001", learning_rate=1e-4),
    _by("learning rate", "0.01", learning_rate=1e-2),
    _by("batch size", "20", batch_size=20),
    _by("batch size", "500", batch_size=500),
    _by("schedule", "cosine", schedule="cosine"),
    _by("schedule", "one-cycle", schedule="one-cycle"),
    _by("weight decay", "0.5", weight_decay=0.5),
    _by("augmentation", "mirrored", flip="random"),
    _by("augmentation", "mirrored, shifted by up to 2", flip="random", shift_pixels=2),
    _by("label smoothing", "0.1", label_smoothing=0.1),
    Variation(
        setting="batch normalization", value="yes", network="s-c8plb-n-r-m2-c16plb-n-r-m2-c16plb-n-r-c16plb-n-r-f-d10l"
    ),
    Variation(setting="residual branch", value="yes", network="s-c8p-m2-c16p-m2-(c16p-c16p)-f-d10l"),
)
"""Each differs from the first in one thing."""

USUAL_VALUES = {
    "learning rate": "0.001", "batch size": "100", "schedule": "constant", "weight decay": "0", "augmentation": "none",
    "label smoothing": "0", "batch normalization": "no", "residual branch": "no",
}  # fmt: skip
"""Every setting, with the value it has where it is not varied."""


def trained(variation: Variation, dataset: Dataset, seed: int) -> Iterator[dict[str, object]]:
    """Train once; yield a row of `COLUMNS` for every epoch, the first before any training."""
    from core.training.worker.session import train_run  # loads TensorFlow, which those who read the curves do not need

    architecture = Architecture.from_text(variation.network)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "run"
        folder.mkdir()
        config = new_config(dataset, architecture, variation.recipe, seed=seed)
        write_json(folder / "config.json", config.to_json())
        state = train_run(folder, dataset, live_interval_s=math.inf)
        if state != "finished":
            raise SystemExit(f"{variation.setting} {variation.value}, seed {seed}, was left {state}.")
        table = Run(folder).epoch_table()
    for row in range(len(table["epoch"])):
        measured = {name: round(float(table[name][row]), 5) for name in COLUMNS[4:]}
        yield {
            "setting": variation.setting,
            "value": variation.value,
            "seed": seed,
            "epoch": int(table["epoch"][row]),
            **measured,
        }


def main(arguments: list[str] | None = None) -> None:
    """Train whatever is not in the file yet."""
    parser = argparse.ArgumentParser(prog="python -m core.training.studies.variations", description=__doc__)
    parser.add_argument("--into", type=Path, default=FILE)
    path = parser.parse_args(arguments).into
    dataset = registry.load("cifar10")
    rows = read(path)
    done = {(row["setting"], row["value"], row["seed"]) for row in rows}
    for seed in SEEDS:
        for variation in VARIATIONS:
            if (variation.setting, variation.value, str(seed)) in done:
                continue
            rows += [{name: str(value) for name, value in row.items()} for row in trained(variation, dataset, seed)]
            write(path, rows)
            print(variation.setting, variation.value, seed, rows[-1]["val_accuracy"], flush=True)


def read(path: Path) -> list[dict[str, str]]:
    """Return the rows of a file, every value as its text; none where there is no file."""
    if not path.exists():
        return []
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def write(path: Path, rows: list[dict[str, str]]) -> None:
    """Write rows of `COLUMNS`."""
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main()
