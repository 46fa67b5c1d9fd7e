"""What one takes home of Training: the run in the forms other programs read, its curves, and how to use the network."""

import numpy as np

from core.charts.curve_drawing import curve_drawing
from core.charts.drawing import Drawing
from core.charts.numbers import spelled
from core.charts.table import as_csv
from core.training.export.usage import asking_code
from core.training.export.validation import validation_code
from core.training.routes import downloads
from core.training.runs.run import Run
from core.training.runs.snapshot import Snapshot
from pages.shared.takehome import File, Offer, drawn, network_link
from pages.training.timemachine.moment import Moment
from pages.training.timemachine.sheet import sheet


def offer(run: Run, snapshot: Snapshot) -> Offer:
    """Return what there is of a run, and of one of its snapshots."""
    names = run.config.class_names
    return Offer(
        files=[
            *drawn("Curves of the loss", f"{run.id}-loss", lambda: curves(run, "loss")),
            *drawn("Curves of the accuracy", f"{run.id}-accuracy", lambda: curves(run, "accuracy")),
        ],
        links={
            **network_link(snapshot),
            "Script that nearly repeats it (.py)": downloads.path(run, "script.py"),
            "Numbers (.csv, zipped)": downloads.path(run, "numbers.zip"),
            "TensorBoard logs (zipped)": downloads.path(run, "tensorboard.zip"),
        },
        note="The network takes pixels from 0 to 1, as below: on 0 to 255 its answers mean nothing. Its "
        f"{spelled(len(names))} outputs are logits, in this order: {', '.join(names)}.",
        code=f"{validation_code(snapshot)}\n# What a picture of your own shows\n{asking_code(names)}",
    )


def offer_of_moment(moment: Moment) -> Offer:
    """Return what there is of what the time machine shows."""
    run, frames = moment.run, moment.frames
    return Offer(
        files=[
            *drawn(f"Epoch {moment.epoch} on one sheet", f"{run.id}-{moment.epoch}-moment", lambda: sheet(moment)),
            File("Its answer after every epoch", f"{run.id}-probabilities.csv", lambda: as_csv({
                "epoch": frames.epochs,
                **dict(zip(moment.class_names, frames.probabilities.T.tolist(), strict=True)),
            })),
        ],
        links=network_link(Snapshot(run, moment.epoch)),
    )  # fmt: skip


def curves(run: Run, name: str) -> Drawing:
    """Draw "loss" or "accuracy" of every epoch, on training and on validation images."""
    table = run.epoch_table()
    both = {"training": table[name], "validation": table[f"val_{name}"]}
    found = np.concatenate([values[np.isfinite(values)] for values in both.values()])
    high = 1.0 if name == "accuracy" else max(0.1, float(found.max(initial=0)))
    title = f"{name.capitalize()} of {run.title} {run.config.data_note}".rstrip()
    return curve_drawing(
        {label: (table["epoch"], values) for label, values in both.items()}, title=title, x_title="epoch", high=high
    )
