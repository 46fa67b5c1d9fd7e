"""What one takes home of Learning: the numbers of what is shown, its curve, and code that computes them."""

from functools import partial

import numpy as np
from numpy.typing import NDArray

from core import cached
from core.charts.curve_drawing import curve_drawing
from core.charts.drawing import Drawing
from core.charts.landscape_map import landscape_map
from core.charts.maps import enlarge, map_pictures, range_texts
from core.charts.table import as_csv
from core.model.quality.evaluation import softmax
from core.model.structure.weights import Weight
from core.training.export.keras_file import keras_name
from core.training.export.loading import loading_code
from core.training.runs.run import Run
from core.training.studies.landscape import Landscape
from core.training.studies.variations import FILE
from pages.learning.back import Picked
from pages.learning.setting import Setting, in_words, written
from pages.learning.settings import MEASURES, curves
from pages.learning.slope import SAMPLES
from pages.learning.step import STEPS
from pages.shared.takehome import File, Offer, as_npy, drawn, network_link, picture, sheet


def of_step(setting: Setting, rate: float, weight: Weight) -> Offer:
    """Return what there is of the steps of plain gradient descent."""
    stem = f"{name_of(setting)}-rate-{written(rate)}"
    return Offer(
        files=[
            File("The steps", f"{stem}-steps.csv", lambda: steps_csv(setting, rate, weight)),
            File("Its logits and slopes", f"{stem}-softmax.csv", lambda: softmax_csv(setting)),
            *drawn("The loss", stem, lambda: steps_drawing(setting, rate, weight)),
        ],
        links=network_link(setting.snapshot),
        code=step_code(setting, rate, weight),
    )


def of_slope(setting: Setting, weight: Weight) -> Offer:
    """Return what there is of the loss along one weight."""
    stem = f"{name_of(setting)}-{weight}"
    return Offer(
        files=[
            File("The curve", f"{stem}.csv", lambda: slope_csv(setting, weight)),
            File("The slopes", f"{stem}-slopes.csv", lambda: slopes_csv(setting, weight)),
        ],
        links=network_link(setting.snapshot),
        code=slope_code(setting, weight),
    )


def of_way_back(setting: Setting, picked: Picked) -> Offer:
    """Return what there is of the slope's way back through one layer."""
    layer, place = picked
    found, stem = cached.way_back(setting.snapshot, setting.batch), f"{name_of(setting)}-{layer}"
    maps = [
        ("What goes into it", "before", found.sums),
        ("What comes out", "after", found.outputs),
        ("The slopes that arrive", "slopes", found.slopes),
        ("The slopes that pass", "passed", found.sum_slopes),
    ]
    return Offer(
        files=[
            picture(f"The four pictures of map {place + 1}", f"{stem}-{place + 1}", lambda: four(setting, picked)),
            *(File(label, f"{stem}-{name}.npy", partial(as_npy, values[layer])) for label, name, values in maps),
        ],
        links=network_link(setting.snapshot),
        code=back_code(setting, layer),
    )


def four(setting: Setting, picked: Picked) -> NDArray[np.uint8]:
    """Draw one map before and after its activation, and the slopes by both, each with its range."""
    layer, place = picked
    found = cached.way_back(setting.snapshot, setting.batch)
    kinds = [found.sums, found.outputs, found.slopes, found.sum_slopes]
    maps = np.stack([each[layer][..., place] for each in kinds], axis=-1)  # (height, width, 4)
    tiles = np.stack([enlarge(each, 224) for each in map_pictures(maps, "map", signed=True)])
    names = ("before", "after", "slope arriving", "slope passed")
    return sheet(tiles, [f"{name}: {text}" for name, text in zip(names, range_texts(maps), strict=True)], 4)


def back_code(setting: Setting, layer: str) -> str:
    """Return Python that computes a layer's `maps` and their `slopes` with the downloaded network."""
    return f"""{beginning(setting)}

layer = network.get_layer("{layer}")
reader = keras.Model(network.inputs[0], [layer.output, network.outputs[0]])
seen = tf.constant(pixels)
with tf.GradientTape() as tape:
    tape.watch(seen)
    maps, logits = reader(seen, training=False)
    loss = cross_entropy(truth, logits)
slopes = tape.gradient(loss, maps).numpy()[0]
maps = maps.numpy()[0]
print(maps.shape, slopes.min(), slopes.max())
"""


def of_landscape(run: Run, found: Landscape) -> Offer:
    """Return what there is of a run's landscape."""
    return Offer(
        files=[
            picture("The map with the path", f"{run.id}-landscape", lambda: map_of(found, scale=16)),
            File("The losses", f"{run.id}-landscape.csv", lambda: landscape_csv(found)),
            File("The path", f"{run.id}-path.csv", lambda: path_csv(found)),
        ],
        note=f"Means of {found.images} images, measured as by: python -m core.training.studies.landscape {run.id}",
    )


def map_of(found: Landscape, *, scale: int) -> NDArray[np.uint8]:
    """Draw the map with the path, `scale` pixels a measured place; see `landscape_map`."""
    origin, step = np.array([found.across[0], found.along[0]]), found.across[1] - found.across[0]
    return landscape_map(found.losses, (found.path - origin) / step, scale=scale)


def of_settings(setting: str) -> Offer:
    """Return the curves of a setting, and those of all settings as they were measured."""
    return Offer(
        files=[
            *drawn("Its curves", setting, lambda: settings_drawing(setting)),
            File("The curves of all settings", "settings.csv", FILE.read_text),
        ],
        note="Measured by: python -m core.training.studies.variations",
    )


def settings_drawing(setting: str) -> Drawing:
    """Draw what each value of a setting gets right of the images held out, the mean of all seeds."""
    lines = {each.value: (each.x, each.mean["val_accuracy"]) for each in curves(setting)}
    return curve_drawing(lines, title=f"{setting}: right {MEASURES['val_accuracy']}", x_title="passes", high=1.0)


def landscape_csv(found: Landscape) -> str:
    """Return a row for every measured place."""
    across, along = np.meshgrid(found.across, found.along)
    named = {"across": across, "upward": along}
    return as_csv({name: values.ravel().tolist() for name, values in (named | {"loss": found.losses}).items()})


def path_csv(found: Landscape) -> str:
    """Return where the snapshots lie, and their own losses."""
    return as_csv({
        "epoch": found.epochs.tolist(),
        "across": found.path[:, 0].tolist(),
        "upward": found.path[:, 1].tolist(),
        "loss": found.path_losses.tolist(),
    })  # fmt: skip


def name_of(setting: Setting) -> str:
    """Return what files about these images and weights begin with."""
    snapshot, batch = setting.snapshot, setting.batch
    images = f"{setting.index}" if batch.count == 1 else f"{setting.index}-and-{batch.count - 1}-more"
    return f"{snapshot.run.id}-{snapshot.epoch}-{batch.split}-{images}"


def steps_csv(setting: Setting, rate: float, weight: Weight) -> str:
    """Return a row for every moment: the loss, the followed weight, its slope, and what a step promises."""
    course = cached.course(setting.snapshot, setting.batch, rate, STEPS, weight)
    variables = cached.variables(setting.snapshot)
    return as_csv({
        "steps taken": range(STEPS + 1),
        "loss": course.losses.tolist(),
        in_words(weight, variables): course.values.tolist(),
        "slope by this weight": course.slopes.tolist(),
        "loss if it alone steps": course.alone.tolist(),
        "sum of all squared slopes": course.steepness.tolist(),
    })  # fmt: skip


def softmax_csv(setting: Setting) -> str:
    """Return logits, probabilities and the slopes of the loss by the logits, for the chosen image."""
    logits = cached.steepness(setting.snapshot, setting.batch).logits[0]
    label = int(cached.examples(setting.batch).labels[0])
    probabilities = softmax(logits)
    truth = np.eye(len(probabilities))[label]
    return as_csv({
        "class": setting.dataset.class_names,
        "logit": logits.tolist(),
        "probability": probabilities.tolist(),
        "true class": truth.astype(int).tolist(),
        "slope of its loss by the logit": (probabilities - truth).tolist(),
    })  # fmt: skip


def steps_drawing(setting: Setting, rate: float, weight: Weight) -> Drawing:
    """Draw the loss over the steps."""
    losses = cached.course(setting.snapshot, setting.batch, rate, STEPS, weight).losses
    high = 1.05 * float(np.max(losses[np.isfinite(losses)], initial=0.1))
    line = {f"rate {written(rate)}": (np.arange(len(losses), dtype=np.float64), losses)}
    limit = 4 * float(np.log(setting.dataset.classes))
    return curve_drawing(line, title="Loss", x_title="steps", high=min(high, limit))


def slope_csv(setting: Setting, weight: Weight) -> str:
    """Return the loss at every measured value of one weight."""
    found = cached.section(setting.snapshot, setting.batch, weight, SAMPLES)
    words = in_words(weight, cached.variables(setting.snapshot))
    return as_csv({words: found.values.tolist(), "loss": found.losses.tolist()})


def slopes_csv(setting: Setting, weight: Weight) -> str:
    """Return the slope by the tape and by differences."""
    found = cached.section(setting.snapshot, setting.batch, weight, SAMPLES)
    apart = [f"two losses, {written(distance)} to both sides" for distance, _ in found.differences]
    return as_csv({
        "how": ["GradientTape", *apart],
        "slope": [found.slope, *(slope for _, slope in found.differences)],
    })  # fmt: skip


def slope_code(setting: Setting, weight: Weight) -> str:
    """Return Python that measures the curve with the downloaded network: `values`, `losses`, `slope`, `difference`."""
    found, path = cached.section(setting.snapshot, setting.batch, weight, SAMPLES), weight.variable.replace(".", "/")
    return f"""{beginning(setting)}

variable = next(each for each in network.trainable_variables if each.path == "{path}")
start, place = variable.numpy(), {weight.index}


def loss_at(value):
    changed = start.copy()
    changed[place] = value
    variable.assign(changed)
    return float(cross_entropy(truth, network(pixels, training=False)))


value = float(start[place])
values = np.linspace({float(found.values[0])!r}, {float(found.values[-1])!r}, {len(found.values)})
losses = [loss_at(each) for each in values]
difference = (loss_at(value + 0.01) - loss_at(value - 0.01)) / 0.02
variable.assign(start)
with tf.GradientTape() as tape:
    loss = cross_entropy(truth, network(pixels, training=False))
slope = float(tf.convert_to_tensor(tape.gradient(loss, variable)).numpy()[place])
print(slope, difference)
"""


def step_code(setting: Setting, rate: float, weight: Weight) -> str:
    """Return Python that takes the steps with the downloaded network: `losses`, `values` and `slopes` of the weight."""
    path = weight.variable.replace(".", "/")
    return f"""{beginning(setting)}

variables = network.trainable_variables
followed = [variable.path for variable in variables].index("{path}")
place = {weight.index}
losses, values, slopes = [], [], []
for step in range({STEPS + 1}):
    with tf.GradientTape() as tape:
        logits = network(pixels, training=False)
        loss = cross_entropy(truth, logits)
    gradients = tape.gradient(loss, variables)
    losses.append(float(loss))
    values.append(float(variables[followed].numpy()[place]))
    slopes.append(float(tf.convert_to_tensor(gradients[followed]).numpy()[place]))
    for variable, gradient in zip(variables, gradients):
        variable.assign(variable - {rate!r} * gradient)  # new = old - rate * slope
print(losses)
"""


def beginning(setting: Setting) -> str:
    """Return the lines that load network, pixels in 0..1 and true classes."""
    split = setting.dataset.split(setting.batch.split)
    places = (setting.batch.position + np.arange(min(setting.batch.count, len(split)))) % len(split)
    images, labels = ("images", "labels") if setting.batch.split == "train" else ("test_images", "test_labels")
    network = keras_name(setting.snapshot.run, setting.snapshot.epoch)
    return f"""{loading_code(setting.dataset.about, "import tensorflow as tf")}

network = keras.models.load_model("{network}")
cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
chosen = {_written(split.indices[places])}
pixels = {images}[chosen].astype("float32") / 255
truth = {labels}[chosen].reshape(-1)"""


def _written(indices: np.ndarray) -> str:
    first, last = int(indices[0]), int(indices[-1])
    if (indices == np.arange(first, first + len(indices))).all():
        return f"np.arange({first}, {last + 1})"
    return f"np.array({indices.tolist()})"
