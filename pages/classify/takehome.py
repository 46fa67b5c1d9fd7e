"""What one takes home of Classify: what the network sees, where its answer rests, its probabilities, and code."""

import json
from collections.abc import Callable, Sequence
from pathlib import PurePath

import numpy as np
from numpy.typing import NDArray

from core.charts.contact_sheet import magnified
from core.charts.table import as_csv
from core.training import downloads
from core.training.snapshot import Snapshot
from pages.shared.takehome import File, Offer, network_link, picture, safe

LARGE = 512


def offer(
    snapshot: Snapshot,
    seen: NDArray[np.uint8],
    name: str,
    overlay: Callable[[], NDArray[np.uint8]],
    probabilities: Callable[[], str],
    class_names: Sequence[str],
    further: Sequence[File] = (),
) -> Offer:
    """Return what there is of one picture.

    Args:
        snapshot: of the network that answers.
        seen: what it sees, uint8 (32, 32, 3).
        name: what the visitor calls the picture; any text.
        overlay: draws the heat over it, uint8 (32, 32, 3).
        probabilities: writes `probabilities_csv` of all pictures.
        class_names: in the order of the logits.
        further: other pictures of it.
    """
    stem = safe(PurePath(name).stem)[:40] or "picture"
    file = f"{stem}-seen.png"
    return Offer(
        files=[
            picture("What the network sees, 32 × 32", file.removesuffix(".png"), lambda: seen),
            picture("Where the answer rests", f"{stem}-rests", lambda: magnified(overlay(), LARGE)),
            *further,
            File(label="Probabilities of all pictures (.csv)", name="probabilities.csv", make=probabilities),
        ],
        links=network_link(snapshot),
        code=code(file, downloads.keras_name(snapshot.run, snapshot.epoch), class_names),
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
