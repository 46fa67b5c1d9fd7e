"""What the views of Learning have in common: the images learned from, the rate, the weight that is looked at."""

from collections.abc import Sequence
from dataclasses import dataclass

from core import cached
from core.config import CHANNELS
from core.data.dataset import Dataset
from core.data.examples import Batch
from core.data.reference import TUTORIAL_INDEX
from core.model.structure.memory import images_to_learn_from
from core.model.structure.weights import Variable, Weight
from core.training.runs.snapshot import Snapshot
from pages.shared.choices import Coded, OneOf
from pages.shared.image_picker import ImagePicker
from pages.shared.sidebar import Selection
from pages.shared.told import text, told

ONE, MANY = "this image", "a batch"
RATES = (1e-5, 3e-5, 1e-4, 3e-4, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
USUAL_RATE = 1e-4


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What is looked at.

    Attributes:
        dataset: whose images.
        snapshot: whose weights.
        batch: the images; the first is the chosen one.
        class_name: of the chosen one.
        index: of the chosen one in the official split.
    """

    dataset: Dataset
    snapshot: Snapshot
    batch: Batch
    class_name: str
    index: int


def usual_picker(dataset: Dataset) -> ImagePicker:
    """Return the choice of the image."""
    return ImagePicker(dataset, "train", TUTORIAL_INDEX)


def choose_images(selection: Selection, *, usual: str = ONE, alone: bool = False) -> Setting:
    """Draw the choice of the image, and whether it alone is learned from or a batch that begins with it.

    Args:
        selection: with a snapshot.
        usual: what is learned from where nobody chose.
        alone: whether one image is all there is to learn from.
    """
    dataset, snapshot = selection.dataset, selection.snapshot
    assert snapshot is not None
    picker = usual_picker(dataset)
    picker.choose_index(width=160)
    if len(dataset.split_names) > 1:
        picker.choose_split()
    most = 1 if alone else min(images_to_learn_from(snapshot.architecture), len(picker.split))
    chosen = ONE
    if most > 1:
        words = {ONE: ONE, MANY: f"{most} images"}
        images = OneOf("learning.images", (ONE, MANY), words=words.__getitem__, texts=str, usual=usual)
        chosen = images.segments("Learn from")
    count = most if chosen == MANY else 1
    batch = Batch(dataset=dataset.name, split=picker.split_name, position=picker.position, count=count)
    return Setting(dataset=dataset, snapshot=snapshot, batch=batch, class_name=picker.class_name, index=picker.index)


def written(rate: float) -> str:
    """Write a rate without an exponent.

    >>> written(3e-5), written(1.0)
    ('0.00003', '1')
    """
    return f"{rate:.5f}".rstrip("0").rstrip(".")


def choose_rate() -> float:
    """Draw the choice of the learning rate."""
    rates = OneOf("learning.rate", RATES, words=written, usual=USUAL_RATE)
    return float(rates.slider("Learning rate", width=250))


def weight_choice(setting: Setting) -> Coded:
    """Return the choice of one weight; the usual one has the steepest slope in the first layer that has any."""
    variables = cached.variables(setting.snapshot)
    usual = steepest(next(each for each in variables if each.learned), setting)

    def read(text: str) -> Weight:
        weight = Weight.of(text)
        if not weight.fits(variables):
            raise ValueError("Expected a weight that this network learns.")
        return weight

    return Coded("learning.weight", read, writes=str, fits=lambda weight: weight.fits(variables), usual=usual)


def steepest(variable: Variable, setting: Setting) -> Weight:
    """Return the weight of a variable whose slope is the steepest."""
    return cached.steepness(setting.snapshot, setting.batch).steepest[variable.text]


def in_words(weight: Weight, variables: Sequence[Variable]) -> str:
    """Say which weight it is: filters, maps and units count from 1, rows and columns from 0.

    >>> one = Variable(layer="conv2d", name="kernel", shape=(3, 3, 3, 32), learned=True)
    >>> in_words(Weight("conv2d.kernel", (0, 2, 1, 5)), [one])
    'conv2d, kernel of filter 6 for green, row 0, column 2'
    """
    variable = next(each for each in variables if each.text == weight.variable)
    places = [place + 1 for place in weight.index]
    if len(places) == 4:
        row, column = weight.index[:2]
        source = CHANNELS[weight.index[2]] if sees_colors(variable, variables) else f"map {places[2]}"
        own = variable.layer.startswith("depthwise")  # there a map has a filter of its own
        number = places[2] if own else places[3]
        what = f"kernel of filter {number} for {source}, row {row}, column {column}"
    elif len(places) == 2:
        what = f"weight from input {places[0]:,} to unit {places[1]}"
    else:
        what = f"{variable.name} {places[0]}"
    return f"{variable.layer}, {what}"


def sees_colors(variable: Variable, variables: Sequence[Variable]) -> bool:
    """Whether a kernel lies on red, green and blue: the first does, others of three channels on maps."""
    return variable == next((each for each in variables if len(each.shape) == 4), None) and variable.shape[2] == 3


def choose_weight(key: str, setting: Setting) -> None:
    """Take over the weight that the browser tells, by its name, or the variable whose steepest it is."""
    asked, choice = text(told(key, "weight"), 200) or "", weight_choice(setting)
    by_name = {each.text: each for each in cached.variables(setting.snapshot) if each.learned}
    if asked in by_name:
        choice.choose(steepest(by_name[asked], setting))
    else:
        choice.hear(asked)
