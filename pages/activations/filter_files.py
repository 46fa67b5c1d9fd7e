"""What one takes home of a filter: its weights, its images and patches, its picture, and code that finds the images."""

import numpy as np
from numpy.typing import NDArray

from core.charts.maps import enlarge
from core.charts.table import as_csv
from core.model.experiments.ascent import Climbed
from core.model.experiments.survey import BEST, MOST_IMAGES, SEED, Excited
from core.training.export.keras_file import keras_name
from core.training.export.loading import loading_code
from pages.activations.anatomy import anatomy
from pages.activations.exciting import Chosen, made, nine
from pages.shared.takehome import File, Offer, as_npy, network_link, picture, sheet

SHOWN_STEPS = (0, 2, 4, 8, 16, 32, 64, 128)


def offer(filter_: Chosen, excited: dict[str, Excited], climbed: Climbed | None) -> Offer:
    """Return what there is: of a filter, what images do to the maps, and the picture made for it, if it is there."""
    snapshot, row = filter_.snapshot, filter_.row
    stem = f"{snapshot.run.id}-{snapshot.epoch}-{row.name}-filter-{filter_.feature + 1}"
    found = anatomy(snapshot, row.name, filter_.feature)
    of_layer = excited[row.name]
    files = [
        File("Its weights", f"{stem}-weights.npy", lambda: as_npy(found.kernels)),
        picture("Its patches and images", f"{stem}-patches", lambda: patches(filter_, of_layer)),
        File("Its images", f"{stem}-images.csv", lambda: images_csv(filter_, of_layer)),
    ]
    if climbed is not None:
        files += [
            picture("Steps to its picture", f"{stem}-climb", lambda: climb(filter_, climbed)),
            File("The climb", f"{stem}-climb.csv", lambda: climb_csv(climbed)),
        ]
    return Offer(files=files, links=network_link(snapshot), code=code(filter_))


def patches(filter_: Chosen, excited: Excited) -> NDArray[np.uint8]:
    """Draw the images that excite the filter most over their patches, each with its value."""
    cut, marked = nine(filter_, excited)
    side = marked.shape[1]
    pictures = [*marked, *(enlarge(each, side) for each in cut)]
    values = [f"{value:.3f}" for value in excited.values[filter_.feature]]
    indices = [f"test image {n}" for n in filter_.dataset.test.indices[excited.images[filter_.feature]]]
    return sheet(np.stack(pictures), [*indices, *values], len(cut))


def images_csv(filter_: Chosen, excited: Excited) -> str:
    """Return the images that excite the filter most: class, value, where in the map, and what that place sees."""
    row, test, feature = filter_.row, filter_.dataset.test, filter_.feature
    images, places = excited.images[feature], excited.places[feature].tolist()
    at = [divmod(place, row.output_shape[1]) for place in places]
    seen = [row.window(*each) for each in at]
    names = np.array(filter_.dataset.class_names, object)
    return as_csv({
        "test image": test.indices[images].tolist(),
        "class": names[test.labels[images]],
        "value": excited.values[feature].tolist(),
        "row": [each[0] for each in at],
        "column": [each[1] for each in at],
        "top": [each[0] for each in seen],
        "left": [each[1] for each in seen],
        "side": [row.receptive_field] * len(images),
    })  # fmt: skip


def climb(filter_: Chosen, climbed: Climbed) -> NDArray[np.uint8]:
    """Draw the made picture after some of its steps, each with its value."""
    pictures = np.stack([made(filter_, climbed, step) for step in SHOWN_STEPS])
    return sheet(pictures, [f"step {step}: {climbed.values[step]:.3f}" for step in SHOWN_STEPS], len(SHOWN_STEPS) // 2)


def climb_csv(climbed: Climbed) -> str:
    """Return the value that each step reaches."""
    return as_csv({"step": range(len(climbed.values)), "value": climbed.values.tolist()})


def code(filter_: Chosen) -> str:
    """Return Python that finds `best`, the positions of the test images that excite the filter most, and `largest`."""
    snapshot, row = filter_.snapshot, filter_.row
    count = len(filter_.dataset.test)
    asked = f"np.arange({count})"
    if count > MOST_IMAGES:
        asked = f"np.sort(np.random.default_rng({SEED}).choice({count}, {MOST_IMAGES}, replace=False))"
    return f"""{loading_code(filter_.dataset.about)}

network = keras.models.load_model("{keras_name(snapshot.run, snapshot.epoch)}")
maps = keras.Model(network.inputs, network.get_layer("{row.name}").output)
asked = {asked}
responses = maps.predict(test_images[asked] / 255)[..., {filter_.feature}]  # (images, height, width)
largest = responses.max(axis=(1, 2))
best = asked[np.argsort(-largest, kind="stable")[:{BEST}]]
print(best, np.sort(largest)[::-1][:{BEST}])
"""
