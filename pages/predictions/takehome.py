"""What one takes home of Predictions: grid, answers, confusion matrix, calibration, and code that gives the answers."""

import json
from collections.abc import Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from core.charts.confusion_sheet import confusion_sheet
from core.charts.dots import dots
from core.charts.drawing import Drawing
from core.charts.reliability import reliability_drawing
from core.charts.table import as_csv
from core.data.dataset import Dataset
from core.model.quality.answers import Answers
from core.model.quality.evaluation import CALIBRATION_BINS, Evaluation
from core.model.quality.scores import class_scores
from core.training.export.keras_file import keras_name
from core.training.export.loading import loading_code
from core.training.runs.snapshot import Snapshot
from pages.predictions.answers import Answered
from pages.predictions.atlas import layouts
from pages.shared.takehome import FONT, File, Offer, drawn, network_link, picture, sheet

COLUMNS = 5


def offer(answered: Answered, shown: list[int]) -> Offer:
    """Return what there is.

    Args:
        answered: the network and its answers.
        shown: positions of the images of the grid.
    """
    return Offer(
        files=[*grid(answered, shown), *tables(answered), *maps(answered)],
        links=network_link(answered.snapshot),
        code=code(answered.dataset, answered.snapshot, shown) if shown else "",
    )


def grid(answered: Answered, shown: list[int]) -> list[File]:
    """Return the pictures of the grid as one, and the answers to them."""
    if not shown:
        return []
    dataset, answers, stem = answered.dataset, answered.answers, stem_of(answered)
    names, images = dataset.class_names, dataset.test.images
    captions = [f"{names[answers.predicted[place]]} ({names[answers.labels[place]]})" for place in shown]

    def draw() -> NDArray[np.uint8]:
        return sheet(np.asarray(images[shown]), captions, COLUMNS)

    these = "this image" if len(shown) == 1 else f"these {len(shown)} images"
    return [
        picture("The grid, predicted (true)", f"{stem}-grid", draw),
        File(f"Answers to {these}", f"{stem}-answers-shown.csv", lambda: answers_csv(dataset, answers, shown)),
    ]


def tables(answered: Answered) -> list[File]:
    """Return all answers, the confusion matrix, the scores of the classes and the calibration."""
    dataset, answers, evaluation, stem = answered.dataset, answered.answers, answered.reported, stem_of(answered)
    names, counts, every = dataset.class_names, evaluation.confusion, range(len(answers.labels))
    all_answers = f"Answers to all {len(every):,} test images"
    return [
        picture("Confusion matrix", f"{stem}-confusion", lambda: confusion_sheet(counts, names, FONT)),
        *drawn("Reliability diagram", f"{stem}-reliability", lambda: reliability(answered.snapshot, evaluation)),
        File(all_answers, f"{stem}-answers.csv", lambda: answers_csv(dataset, answers, every)),
        File("Confusion matrix", f"{stem}-confusion.csv", lambda: confusion_csv(counts, names)),
        File("Recall, precision and F1", f"{stem}-classes.csv", lambda: classes_csv(counts, names)),
        File("Calibration", f"{stem}-calibration.csv", lambda: calibration_csv(evaluation)),
    ]


def stem_of(answered: Answered) -> str:
    """Return how the names of the snapshot's files begin."""
    return f"{answered.snapshot.run.id}-{answered.snapshot.epoch}"


def maps(answered: Answered) -> list[File]:
    """Return the maps of the test images, as pictures and as one table."""
    places, labels, stem = layouts(answered), answered.answers.labels, f"{answered.snapshot.run.id}-map"
    if not places:
        return []
    names, test = np.array(answered.dataset.class_names, object), answered.dataset.test
    columns = {f"{way}, {axis}": each[:, at].tolist() for way, each in places.items() for at, axis in enumerate("xy")}
    rows = {"test image": test.indices.tolist(), "true": names[labels], **columns}
    pictures = [picture(f"Map by {way}", f"{stem}-{way}", partial(dots, each, labels)) for way, each in places.items()]
    return [*pictures, File("Map", f"{stem}.csv", lambda: as_csv(rows))]


def answers_csv(dataset: Dataset, answers: Answers, places: Sequence[int]) -> str:
    """Return the answers at these positions: index in the official split, classes, and every class's probability."""
    names, at = np.array(dataset.class_names, object), np.asarray(places)
    return as_csv({
        "test image": dataset.test.indices[at].tolist(),
        "true": names[answers.labels[at]],
        "predicted": names[answers.predicted[at]],
        **{f"p({name})": answers.probabilities[at, place].tolist() for place, name in enumerate(dataset.class_names)},
    })  # fmt: skip


def confusion_csv(counts: NDArray[np.int64], names: Sequence[str]) -> str:
    """Return a confusion matrix: a row for every true class, a column for every answer."""
    return as_csv(
        {"true": names, **{f"predicted {name}": row for name, row in zip(names, counts.T.tolist(), strict=True)}}
    )


def reliability(snapshot: Snapshot, evaluation: Evaluation) -> Drawing:
    """Draw how often the network is right over how sure it is."""
    return reliability_drawing(
        evaluation.bin_confidence,
        evaluation.bin_accuracy,
        evaluation.bin_count,
        title=f"{snapshot.run.title}, epoch {snapshot.epoch}: {evaluation.n:,} images",
    )


def classes_csv(counts: NDArray[np.int64], names: Sequence[str]) -> str:
    """Return the scores of every class."""
    scores = class_scores(counts)
    return as_csv({
        "class": names,
        "images": counts.sum(axis=1).tolist(),
        "recall": scores.recall.tolist(),
        "precision": scores.precision.tolist(),
        "F1": scores.f1.tolist(),
    })  # fmt: skip


def calibration_csv(evaluation: Evaluation) -> str:
    """Return the bins of an evaluation: of which largest probability, how many answers, how sure, how often right."""
    edges = [place / CALIBRATION_BINS for place in range(CALIBRATION_BINS + 1)]
    return as_csv({
        "from": edges[:-1],
        "to": edges[1:],
        "answers": evaluation.bin_count.tolist(),
        "mean confidence": evaluation.bin_confidence.tolist(),
        "accuracy": evaluation.bin_accuracy.tolist(),
    })  # fmt: skip


def code(dataset: Dataset, snapshot: Snapshot, shown: list[int]) -> str:
    """Return Python that has the downloaded network answer: `logits` (n, classes) and `predicted` (n,)."""
    return f"""{loading_code(dataset.about)}

class_names = {json.dumps(dataset.class_names, ensure_ascii=False)}
network = keras.models.load_model("{keras_name(snapshot.run, snapshot.epoch)}")
shown = {dataset.test.indices[shown].tolist()}
logits = network.predict(test_images[shown] / 255)  # pixels in 0..1
predicted = logits.argmax(axis=1)
for index, answer, true in zip(shown, predicted, test_labels[shown]):
    print(f"{{index}}: {{class_names[answer]}} ({{class_names[true]}})")
"""
