"""Trains a run that comes with Convscope:

    python -m core.training.ship RECIPE [--seed N] [--dataset cifar10]

writes core/model/shipped/<recipe>/ and goes on where an earlier call was cut short. With --answers it trains nothing:
it asks the stored weights anew and writes the stored logits of those epochs in which an answer differs.
"""

import argparse
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import h5py
import numpy as np
from numpy.typing import NDArray

from core.config import SHIPPED_RUNS
from core.data import registry
from core.data.dataset import Dataset
from core.model.quality.evaluation import evaluate, half_precision, logits_of, softmax
from core.training.recipe import Recipe
from core.training.recipes import RECIPES, architecture_for
from core.training.runs.files import replacing, write_json
from core.training.runs.run import EPOCH_COLUMNS, Run, snapshot_path
from core.training.runs.run_config import RunConfig, new_config
from core.training.runs.snapshot import Snapshot
from core.training.runs.tables import Table
from core.training.worker import threads
from core.training.worker.session import train_run

TITLES = {
    "tutorial": "The tutorial's network",
    "digits": "The tutorial's network",
    "fast": "Fast recipe, same network",
    "fast-short": "Fast recipe, cut short",
    "strong": "Strong network",
    "strong-short": "Strong recipe, cut short",
    "muon": "Strong network, orthogonal steps",
}
SNAPSHOTS = {"strong": (0, 1, 2, 4, 8, 16, 28, 40, 50)}
"""The epochs a run keeps where all of them would be too large to ship; their weights at half precision."""

ROUNDING = 5e-4
"""By so much a probability may differ because logits are stored at half precision."""


def main(arguments: list[str] | None = None) -> None:
    """Train one shipped run to its end."""
    parser = argparse.ArgumentParser(prog="python -m core.training.ship", description=__doc__)
    parser.add_argument("recipe", choices=sorted(RECIPES))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--dataset", choices=registry.DATASET_NAMES, help="if not what the recipe was made for")
    parser.add_argument("--into", type=Path, default=SHIPPED_RUNS, help="folder of the run folders")
    parser.add_argument("--answers", action="store_true", help="only make stored logits answer as the weights do")
    options = parser.parse_args(arguments)
    threads.sleep_when_idle()
    recipe = RECIPES[options.recipe]
    dataset = registry.load(options.dataset or registry.made_for(recipe.name).name)
    folder = options.into / recipe.name
    if options.answers:
        correct_answers(Run(folder), dataset)
        return
    if not (folder / "config.json").exists():
        folder.mkdir(parents=True, exist_ok=True)
        write_json(folder / "config.json", shipped_config(recipe, dataset, options.seed).to_json())
    state = train_run(folder, dataset)
    if state != "finished":
        sys.exit(f"{folder} was left {state}.")
    finish(Run(folder), dataset)


def shipped_config(recipe: Recipe, dataset: Dataset, seed: int) -> RunConfig:
    """Return what a shipped run of `recipe` is decided by."""
    config = new_config(
        dataset, architecture_for(recipe.name, dataset.classes), recipe, seed=seed, title=TITLES[recipe.name]
    )
    return replace(
        config,
        id=recipe.name,
        command=f"python -m core.training.ship {recipe.name} --seed {seed}",
        snapshot_epochs=SNAPSHOTS.get(recipe.name, config.snapshot_epochs),
    )


def finish(run: Run, dataset: Dataset) -> None:
    """Make the stored logits those of the stored weights, computed at full precision; drop what only training needs."""
    if run.id in SNAPSHOTS:
        for epoch in run.epochs:
            halve(snapshot_path(run.folder, epoch, "weights.h5"))
    _write_answers(run, dataset, {epoch: _logits(run, dataset, epoch) for epoch in run.epochs})
    for name in ("resume.keras", "live.npz", "status.json", "lock"):
        (run.folder / name).unlink(missing_ok=True)
    total = sum(path.stat().st_size for path in run.folder.rglob("*") if path.is_file())
    print(f"{run.folder}: {total / 1e6:.1f} MB, {shutil.disk_usage(run.folder).free / 1e9:.0f} GB free")


def halve(path: Path) -> None:
    """Store the weights in a file of Keras' at half precision; whoever reads them makes them single again.

    Raises:
        ValueError: a weight is too large for it.
    """
    with replacing(path) as temporary, h5py.File(path) as full, h5py.File(temporary, "w") as half:

        def store(name: str, found: h5py.Group | h5py.Dataset) -> None:
            if isinstance(found, h5py.Group):
                half.create_group(name)
            else:
                with np.errstate(over="ignore"):  # told below
                    half[name] = found[()].astype(np.float16 if found.dtype == np.float32 else found.dtype)
                if not np.isfinite(half[name][()]).all():
                    raise ValueError(f"Expected weights below 65,520. Received larger ones in {name}. Keep them whole.")
            half[name].attrs.update(found.attrs)

        full.visititems(store)


def correct_answers(run: Run, dataset: Dataset) -> None:
    """Write the logits of those epochs anew in which a stored answer, or how sure it is, is not the weights'."""
    differing = {}
    for epoch in run.epochs:
        logits, stored = _logits(run, dataset, epoch), Snapshot(run, epoch).logits()
        changed = len(logits) if stored is None else _differing(stored, logits)
        print(f"epoch {epoch}: {changed} answers differ")
        if changed:
            differing[epoch] = logits
    if differing:
        _write_answers(run, dataset, differing)


def _differing(stored: NDArray[np.float16], logits: NDArray[np.float32]) -> int:
    answers = stored.argmax(axis=1) != logits.argmax(axis=1)
    return int((answers | (np.abs(softmax(stored) - softmax(logits)).max(axis=1) > ROUNDING)).sum())


def _logits(run: Run, dataset: Dataset, epoch: int) -> NDArray[np.float32]:
    return logits_of(Snapshot(run, epoch).network(), dataset.test.images)


def _write_answers(run: Run, dataset: Dataset, logits: dict[int, NDArray[np.float32]]) -> None:
    """Write logits and evaluation of some epochs, and their rows of epochs.csv."""
    table = {name: values.copy() for name, values in run.epoch_table().items()}
    for epoch, full in logits.items():
        kept = half_precision(full)
        evaluation = evaluate(kept, dataset.test.labels, fingerprint=dataset.fingerprint)
        with replacing(snapshot_path(run.folder, epoch, "logits.npy")) as temporary:
            np.save(temporary, kept)
        write_json(snapshot_path(run.folder, epoch, "evaluation.json"), evaluation.to_json())
        row = table["epoch"] == epoch
        table["val_loss"][row], table["val_accuracy"][row] = evaluation.loss, evaluation.accuracy
        print(f"epoch {epoch}: loss {evaluation.loss:.4f}, accuracy {evaluation.accuracy:.4f}")
    (run.folder / "epochs.csv").unlink()
    rows = Table(run.folder / "epochs.csv", EPOCH_COLUMNS)
    for i in range(len(table["epoch"])):
        rows.append(**{name: values[i] for name, values in table.items()})
    rows.close()


if __name__ == "__main__":
    main()
