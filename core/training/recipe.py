"""How a network is trained: every setting in one frozen dataclass.

A new setting is a field here, which says all there is to say of it, and the place that obeys it: `augmentation.py`
of `steps/` for changes of the images, `step.py` for the step. Check, page, comparison, links and the exported script
follow from these.
"""

import math
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from core.charts.numbers import counted
from core.config import IMAGE_SHAPE
from core.errors import TrainingError
from core.model.construction.processor import usable
from core.settings import SWITCH, Choice, Number, defaults
from core.training.settings import RecipeSetting, Row, beginning_with, having, setting

MOST, STEPS, IMAGES, DATA, START = "", "Steps", "Images", "Data", "Start and precision"
"""The groups in which settings are shown; those of `MOST` matter most."""

_OPTIMIZER, _SCHEDULE, _CHANGES = (
    Row(name="optimizer"),
    Row(name="schedule"),
    Row(name="images", otherwise="as they are"),
)
_ORTHOGONAL = Row(name="orthogonal steps of kernels", otherwise="no")
_VALIDATED, _FIRST = Row(name="validated on"), Row(name="first kernels", otherwise="random")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """Everything that decides how a network is trained, but for the network, the data and the seed.

    Each field says itself what it means, between which bounds and under which name; `name` is "tutorial", "fast", ...
    or "custom".
    """

    name: str = "custom"
    epochs: int = setting(
        10, Number(1, 1000), label="Epochs", link="epochs", group=MOST, titled=lambda epochs: counted(epochs, "epoch"),
        help="Passes over the training images.",
    )  # fmt: skip
    batch_size: int = setting(
        500, Number(1, 2000), label="Batch size", link="batch", group=MOST, titled="batches of {}",
        row=Row(name="batch size"), says="{:,}", help="Images a step.",
    )  # fmt: skip
    learning_rate: float = setting(
        1e-3, Number(0.0, 100.0), label="Learning rate", link="rate", group=MOST, offered=(1e-6, 10.0),
        titled="rate {:g}", row=Row(name="learning rate"), help="At its highest.",
    )  # fmt: skip
    optimizer: str = setting(
        "adam", Choice({"adam": "Adam", "sgd": "SGD with momentum"}), label="Optimizer", link="optimizer", group=STEPS,
        compared={"sgd": "SGD"}, row=_OPTIMIZER,
        help="Adam (Kingma and Ba 2015), or plain gradients with Nesterov momentum.",
    )  # fmt: skip
    momentum: float = setting(
        0.9, Number(0.0, 0.999), label="Momentum", link="momentum", group=STEPS, only_with=("optimizer", "sgd"),
        row=_OPTIMIZER, says="momentum {:g}", help="Part of the last step that is made again.",
    )  # fmt: skip
    lookahead_steps: int = setting(
        0, Number(0, 100), label="Lookahead every, steps", link="lookahead", group=STEPS,
        only_with=("optimizer", "sgd"), row=Row(name="lookahead", otherwise="no"), says="every {} steps", silent=0,
        help="Every so many steps the weights are pulled back to a slow copy of themselves (Zhang et al. 2019); 0 "
             "for never.",
    )  # fmt: skip
    offset_rate: float = setting(
        1.0, Number(0.01, 100.0), label="Offsets learn faster, times", link="offsets", group=STEPS,
        only_with=("optimizer", "sgd"), only_for=having("BatchNormalization"),
        row=Row(name="rate of BatchNormalization's offsets"), says="{:g} ×",
        help="What BatchNormalization adds to a channel may learn at a multiple of the learning rate (Jordan 2024).",
    )  # fmt: skip
    orthogonal_rate: float = setting(
        0.0, Number(0.0, 100.0), label="Orthogonal steps, times", link="orthogonal", group=STEPS,
        only_with=("optimizer", "sgd"), only_for=having("Conv2D"), row=_ORTHOGONAL, says="{:g} × the rate", silent=0,
        help="Convolutions' kernels move by their orthogonalized momentum, at a multiple of the learning rate, and "
             "keep their length (Muon, Jordan 2024); 0 for never.",
    )  # fmt: skip
    orthogonal_momentum: float = setting(
        0.6, Number(0.0, 0.999), label="Their momentum", link="orthogonal-momentum", group=STEPS,
        only_with=("orthogonal_rate", True), row=_ORTHOGONAL, says="momentum {:g}",
        help="Momentum of the kernels that step orthogonally.",
    )  # fmt: skip
    fresh_statistics: bool = setting(
        False, SWITCH, label="Measure normalization anew", link="statistics", group=STEPS,
        only_for=having("BatchNormalization"),
        row=Row(name="BatchNormalization's statistics", otherwise="kept while training"), says="measured every epoch",
        help="When an epoch ends, BatchNormalization's means and variances are measured on its last batches: running "
             "averages lag behind long steps (Wu and Johnson 2021).",
    )  # fmt: skip
    schedule: str = setting(
        "constant",
        Choice({"constant": "constant", "cosine": "cosine", "one-cycle": "one-cycle", "hold": "held, then falling"}),
        label="Learning rate over time", link="schedule", group=STEPS, row=_SCHEDULE,
        help="Cosine falls to zero along half a cosine; one-cycle rises and falls linearly (Smith 2018); held, "
             "it stays at its highest before it falls linearly (Hägele et al. 2024).",
    )  # fmt: skip
    warmup: float = setting(
        0.25, Number(0.0, 1.0), label="Share of steps it rises", link="warmup", group=STEPS,
        only_with=("schedule", "one-cycle"), row=_SCHEDULE, says=lambda part: f"rising for {100 * part:g} %",
        help="Part of all steps in which the learning rate rises.",
    )  # fmt: skip
    fall: float = setting(
        0.5, Number(0.0, 1.0), label="Share of steps it falls", link="fall", group=STEPS,
        only_with=("schedule", "hold"), row=_SCHEDULE, says=lambda part: f"over the last {100 * part:g} %",
        help="Last part of all steps, in which the learning rate falls.",
    )  # fmt: skip
    weight_decay: float = setting(
        0.0, Number(0.0, 1.0), label="Weight decay", link="decay", group=STEPS, row=Row(name="weight decay"),
        help="Part of each kernel that shrinks away a step at learning rate 1, decoupled from the gradient "
             "(Loshchilov and Hutter 2019); biases and normalization are spared.",
    )  # fmt: skip
    label_smoothing: float = setting(
        0.0, Number(0.0, 0.9), label="Label smoothing", link="smoothing", group=STEPS, row=Row(name="label smoothing"),
        help="Part of the target spread over all classes (Szegedy et al. 2016).",
    )  # fmt: skip
    flip: str = setting(
        "none", Choice({"none": "no", "random": "at random", "alternating": "every other epoch"}),
        label="Mirror left and right", link="flip", group=IMAGES, row=_CHANGES,
        compared={"none": "", "random": "mirrored at random", "alternating": "mirrored every other epoch"},
        help="Every other epoch: from a random start (Jordan 2024).",
    )  # fmt: skip
    shift_pixels: int = setting(
        0, Number(0, 8), label="Shift by up to, pixels", link="shift", group=IMAGES, slider=True, row=_CHANGES,
        says="shifted by up to {}", silent=0, help="Both ways; what enters at an edge is mirrored.",
    )  # fmt: skip
    brightness: float = setting(
        0.0, Number(0.0, 1.0), label="Random brightness, e to ±", link="brightness", group=IMAGES, row=_CHANGES,
        says=lambda most: f"brightened {math.exp(-most):.2g} to {math.exp(most):.2g} times", silent=0,
        help="Each image's pixels are multiplied by e to a power drawn between minus and plus this, and cut at "
             "white; 0 for never.",
    )  # fmt: skip
    cutout_pixels: int = setting(
        0, Number(0, 24), label="Blank a square of, pixels", link="cutout", group=IMAGES, slider=True, row=_CHANGES,
        says="blanked {0} × {0}", silent=0,
        help="Somewhere wholly inside each image; in DeVries and Taylor 2017 it may reach beyond.",
    )  # fmt: skip
    crop_pixels: int = setting(
        0, Number(0, 31), label="Crop to a square of, pixels", link="crop", group=IMAGES, slider=True, row=_CHANGES,
        says="cropped to {0} × {0}", silent=0,
        help="Training sees a square from somewhere inside each image and costs less; validation sees whole images. "
             "For networks that pool over the whole map before their dense layers. 0 for whole images.",
    )  # fmt: skip
    validation: str = setting(
        "held-out", Choice({"held-out": "held-out images", "test": "the test images"}), label="Validate on",
        link="validation", group=DATA, row=_VALIDATED, compared={"held-out": "", "test": "test images"},
        remarks={"test": "As in the tutorial; choosing by test images flatters the choice."},
    )  # fmt: skip
    held_out: float = setting(
        0.1, Number(0.01, 0.5), label="Share held out", link="held", group=DATA, only_with=("validation", "held-out"),
        row=_VALIDATED, says=lambda part: f"{100 * part:.0f} % held out",
        help="Part of the training images that is kept for validation.",
    )  # fmt: skip
    training_images: int | None = setting(
        None, Number(100, 1_000_000, none="all"), label="Training images", link="images", group=DATA,
        titled="{} images", row=Row(name="trained on", otherwise="all images"), says="{:,} images",
        help="So many of the training images, the same number a class.",
    )  # fmt: skip
    whitening: bool = setting(
        False, SWITCH, label="Whitened start", link="whitening", group=START, only_for=beginning_with("Conv2D"),
        starts=True, row=_FIRST, says="whitening",
        help="The first convolution starts from filters that decorrelate patches of the training images, not at "
             "random.",
    )  # fmt: skip
    keep_whitening: bool = setting(
        False, SWITCH, label="Keep those filters", link="keep", group=START, only_with=("whitening", True), row=_FIRST,
        says="kept", help="Of the first convolution only the biases learn.",
    )  # fmt: skip
    identity_start: bool = setting(
        False, SWITCH, label="Identity start", link="identity", group=START, only_for=having("Conv2D", 2), starts=True,
        row=Row(name="other kernels", otherwise="random"), says="identity",
        help="The filters of later convolutions begin by copying one input map each, as far as there are maps; the "
             "others at random (Zagoruyko and Komodakis 2017).",
    )  # fmt: skip
    head_scale: float = setting(
        1.0, Number(0.001, 1.0), label="Scale of the logits", link="head", group=START, starts=True,
        row=Row(name="logits scaled by"), help="Smaller: the last layer learns slower, steadier.",
    )  # fmt: skip
    precision: str = setting(
        "float32", Choice({"float32": "single (float32)", "mixed_bfloat16": "half (bfloat16)"}), label="Precision",
        link="precision", group=START, row=Row(name="precision"),
        help="Half computes with bfloat16; the weights stay float32. Single, where the processor cannot.",
    )  # fmt: skip

    def __post_init__(self) -> None:
        for name, about in RecipeSetting.of(Recipe).items():
            if problem := about.values.problem(name.replace("_", " "), getattr(self, name)):
                raise TrainingError(problem)

    @property
    def augments(self) -> bool:
        """Whether training images are changed at random."""
        images = [name for name, about in RecipeSetting.of(Recipe).items() if about.group == IMAGES]
        return any(getattr(self, name) != defaults(Recipe)[name] for name in images)

    @property
    def crop_share(self) -> float:
        """The part of an image's pixels that a step of training sees, 0..1."""
        return (self.crop_pixels / IMAGE_SHAPE[0]) ** 2 if self.crop_pixels else 1.0

    @property
    def start(self) -> tuple[object, ...]:
        """What of it the initial weights depend on; a whitened start on the training images, too."""
        about = RecipeSetting.of(Recipe).items()
        decisive = [name for name, it in about if it.starts or (self.whitening and it.group == DATA)]
        return tuple(getattr(self, name) for name in decisive)

    @property
    def half(self) -> bool:
        """Whether it computes at half precision."""
        return self.precision != "float32"

    def suited(self) -> "Recipe":
        """Return it at a precision this processor computes: single in place of half, where it has none."""
        return replace(self, precision=usable(self.precision))

    def to_json(self) -> dict[str, Any]:
        """Return a dict of JSON types."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Recipe":
        """Build from `to_json`'s dict; names it does not know are left out, so that older runs stay readable."""
        known = {field.name for field in fields(cls)}
        return cls(**{name: value for name, value in data.items() if name in known})
