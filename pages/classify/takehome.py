"""What one takes home of Classify: what the network sees, where its answer rests, its probabilities, and code."""

import json
from collections.abc import Sequence
from functools import partial
from pathlib import PurePath

import numpy as np
from numpy.typing import NDArray

from core.charts.contact_sheet import magnified
from core.charts.table import as_csv
from core.training.export.keras_file import keras_name
from pages.classify import fooling, methods
from pages.classify.question import Question
from pages.shared.takehome import File, Offer, network_link, picture, safe

LARGE = 512


def offer(question: Question, names: Sequence[str], chosen: int, values: NDArray[np.float64]) -> Offer:
    """Return what there is of one picture, and the probabilities of all.

    Args:
        question: what is asked about the picture.
        names: what the visitor calls the pictures; any text.
        chosen: the position of the picture.
        values: the pictures' probabilities, (pictures, classes).
    """
    stem, snapshot = safe(PurePath(names[chosen]).stem)[:40] or "picture", question.snapshot
    table = partial(probabilities_csv, names, values, question.class_names)
    seen = f"{stem}-seen"
    return Offer(
        files=[
            picture("What the network sees, 32 × 32", seen, lambda: question.pixels),
            picture("Where the answer rests", f"{stem}-rests", lambda: magnified(question.overlay, LARGE)),
            methods.side_by_side(question),
            *fooling.files(snapshot, question.pixels),
            File("Probabilities of all pictures", "probabilities.csv", table),
        ],
        links=network_link(snapshot),
        code=code(f"{seen}.png", keras_name(snapshot.run, snapshot.epoch), question.class_names),
    )


def probabilities_csv(names: Sequence[str], values: NDArray[np.float64], class_names: Sequence[str]) -> str:
    """Return every picture's answer and probabilities; `values` is (pictures, classes)."""
    return as_csv({
        "picture": names,
        "answer": [class_names[place] for place in values.argmax(axis=1)],
        **{f"p({name})": column for name, column in zip(class_names, values.T.tolist(), strict=True)},
    })  # fmt: skip


def code(file: str, network: str, class_names: Sequence[str]) -> str:
    """Return Python that has the downloaded network answer to the downloaded pixels: `probabilities` (classes,)."""
    return f"""import keras
import numpy as np

class_names = {json.dumps(class_names, ensure_ascii=False)}
network = keras.models.load_model("{network}")
pixels = np.asarray(keras.utils.load_img("{file}"))  # what the network sees, (32, 32, 3)
logits = network.predict(pixels[None] / 255)  # pixels in 0..1
probabilities = np.asarray(keras.ops.softmax(logits))[0]
for name, probability in zip(class_names, probabilities):
    print(f"{{name}}: {{probability:.1%}}")
"""
