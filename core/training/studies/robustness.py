"""Measures how well runs answer on pictures unlike those they learned from:

    python -m core.training.studies.robustness [RUN_FOLDER ...]

prints a table of accuracies of the shipped CIFAR-10 runs, or of the runs in the folders given: on the test images, as
they are and changed, and on photographs that installed packages carry.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.data import registry, subjects
from core.data.changes import CHANGES
from core.data.sets.cifar10 import ABOUT
from core.model.quality.evaluation import logits_of
from core.training.runs.catalogue import list_runs
from core.training.runs.run import Run
from core.training.runs.snapshot import Snapshot


def main(arguments: list[str] | None = None) -> None:
    """Print the table in Markdown."""
    parser = argparse.ArgumentParser(prog="python -m core.training.studies.robustness", description=__doc__)
    parser.add_argument("runs", nargs="*", type=Path, help="run folders; all shipped CIFAR-10 runs where none is given")
    options = parser.parse_args(arguments)
    runs = [Run(folder) for folder in options.runs] or [run for run in list_runs(ABOUT.name) if run.shipped]
    test = registry.load(ABOUT.name).test
    photographs = subjects.load()
    known = np.array([ABOUT.class_names.index(name) for name in photographs.classes])
    sets = {f"test images, {name}": (change(test.images), np.asarray(test.labels)) for name, change in CHANGES.items()}
    sets["photographs"] = photographs.images, known
    columns = [accuracies(run, list(sets.values())) for run in runs]
    print(table([run.id for run in runs], {name: len(labels) for name, (_, labels) in sets.items()}, columns))
    for package in photographs.missing:
        print(f"The photographs of {package} are left out: it is not installed.")


def accuracies(run: Run, sets: Sequence[tuple[NDArray[np.uint8], NDArray[np.integer]]]) -> list[float]:
    """Return the accuracy, 0..1, of the newest snapshot of `run` on each set of images (n, 32, 32, 3), labels (n,)."""
    network = Snapshot(run, run.epochs[-1]).network()
    return [float((logits_of(network, images).argmax(axis=1) == labels).mean()) for images, labels in sets]


def table(names: Sequence[str], sizes: dict[str, int], columns: Sequence[Sequence[float]]) -> str:
    """Return the accuracies as a Markdown table: a row for every set of images, a column for every run.

    Args:
        names: of the runs.
        sizes: name of a set to its number of images.
        columns: for each run its accuracies, 0..1, in the order of `sizes`; of fewer than a hundred images the number
            of right answers is told instead of a percentage.
    """

    def written(part: float, size: int) -> str:
        return f"{100 * part:.1f} %" if size >= 100 else f"{round(part * size)} of {size}"

    lines = [f"| images | number | {' | '.join(names)} |", "|---" * (len(names) + 2) + "|"]
    for row, (name, size) in enumerate(sizes.items()):
        cells = " | ".join(written(column[row], size) for column in columns)
        lines.append(f"| {name} | {size:,} | {cells} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
