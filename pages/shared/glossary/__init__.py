"""The words of the lesson, each explained where it first stands on a page: on hover, on focus, on a tap.

The browser finds them: the texts of `pages.shared.lesson`, and what components mark with `data-words`. So a page costs
one small element for all words together, and its texts stay plain.
"""

from dataclasses import asdict, dataclass

from pages.shared.component import component, packed


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A word and what it means here.

    Attributes:
        name: as one would look it up.
        says: one or two sentences.
        pattern: regular expression of the forms it has in a text, whole words; understood by Python and JavaScript.
        exact: whether capitals matter.
    """

    name: str
    says: str
    pattern: str
    exact: bool = False


def _word(name: str, says: str, *, forms: str = "", exact: bool = False) -> Word:
    return Word(name=name, says=says, pattern=rf"(?<![\w-])(?:{forms or f'{name}s?'})(?![\w-])", exact=exact)


WORDS = (
    _word(
        "kernel",
        "The weights that slide over the maps: height × width × channels, one such block for every filter. "
        "Its size is chosen, its weights are learned.",
    ),
    _word(
        "dead filter",
        "One whose ReLU lets nothing of any image through, so that no slope reaches it and it learns no more. "
        "A map of zeros for one image is no such proof.",
    ),
    _word(
        "filter",
        "One output channel's kernel over all input channels, plus its bias if it has one: it makes one feature map. "
        "The order of filters is arbitrary: number 3 of one run has nothing to do with number 3 of another.",
    ),
    _word(
        "channel",
        "One of the maps that lie upon each other: red, green and blue of a picture (index 0, 1, 2), "
        "later one for every filter of the layer before.",
    ),
    _word(
        "feature map",
        "One output channel of a layer: a number for every place on which its filter stood.",
    ),
    _word(
        "activation",
        "The function behind a layer's sums, such as ReLU; what comes out of it is called activations too.",
    ),
    _word("ReLU", "Rectified linear unit: negative values become zero, the others stay.", exact=True),
    _word(
        "SiLU",
        "Sigmoid linear unit: each value times its own sigmoid, x / (1 + e to the −x). A smooth ReLU that lets a "
        "little of what is negative through.",
        exact=True,
    ),
    _word(
        "logits",
        "The numbers that the last layer gives, one for every class, before softmax: of any size and sign.",
        forms="logits?",
    ),
    _word(
        "softmax",
        "Turns logits into probabilities: e to the power of each, divided by the sum of all these.",
    ),
    _word("argmax", "The position of the largest number: here the class that the network answers with."),
    _word(
        "loss",
        "Sparse categorical cross-entropy: minus the natural logarithm of the probability that the true class gets, "
        "averaged over images. Guessing among n classes costs ln n: 2.303 for ten.",
        forms="loss|losses",
    ),
    _word(
        "slope",
        "How much the loss changes with one weight: its partial derivative. Those of all weights together are the "
        "gradient. A step moves weights against it.",
        forms="slopes?|gradients?",
    ),
    _word(
        "backpropagation",
        "The chain rule, applied from the loss back to the first layer: each layer hands the slopes by its outputs on "
        "as slopes by its inputs, and on the way every weight gets its own (Rumelhart, Hinton and Williams 1986).",
    ),
    _word(
        "calibration error",
        "How far confidence is from accuracy in each of ten groups of answers, by how sure they are; the mean over all "
        "answers. Also called expected calibration error.",
    ),
    _word(
        "learning rate",
        "How far a step goes: in plain gradient descent the new weight is the old one less learning rate × slope. "
        "It is chosen, not learned.",
    ),
    _word(
        "batch normalization",
        "Each channel less its mean, divided by its standard deviation, then scaled and shifted by learned numbers: "
        "mean and deviation of the batch while training, stored ones when it answers (Ioffe and Szegedy 2015).",
        forms="batch ?normalization",
    ),
    _word(
        "residual branch",
        "Layers whose result is added to what they were given: values and slopes have a way around them "
        "(He et al. 2016).",
        forms="residual (?:branch(?:es)?|blocks?)",
    ),
    _word("batch", "The images that one step learns from.", forms="batch|batches"),
    _word("epoch", "One pass over all training images."),
    _word(
        "running average",
        "The mean of all batches of an epoch, as Keras prints it. The weights change from batch to batch, so it is the "
        "accuracy of no single network; validation is measured afterwards, on the weights the epoch ends with.",
    ),
    _word(
        "validation",
        "Measuring on images the network does not learn from. Validation images are there to choose by, "
        "test images to report once.",
    ),
    _word("snapshot", "The weights of one run after one epoch."),
    _word(
        "stride",
        "The step of the sliding window, in pixels. It is chosen, not learned.",
    ),
    _word(
        "padding",
        "Pixels added along the border, so that the window can stand there too. It is chosen, not learned.",
    ),
    _word(
        "dilation",
        "The spacing of a kernel's weights, in pixels: at 2 it reads every second pixel. It is chosen, not learned.",
    ),
    _word(
        "bias",
        "A learned number that is added to every sum of a filter, wherever it stands.",
        forms="bias|biases",
    ),
    _word(
        "cross-correlation",
        "Sliding, multiplying, adding with the kernel as it is written: what Conv2D computes. "
        "Convolution turns the kernel by 180 degrees first.",
    ),
    _word(
        "convolution",
        "Strictly, a kernel turned by 180 degrees and then slid; networks leave the turning out and keep the name.",
    ),
    _word(
        "Laplacian",
        "The sum of a picture's second derivatives: a pixel against its neighbors. "
        "It is zero where brightness stays, or rises evenly.",
    ),
    _word(
        "receptive field",
        "The square of input pixels that one value can depend on.",
    ),
    _word(
        "multiply-adds",
        "One multiplication with one addition each: what the sums of a layer cost. The way back costs about twice as "
        "many as the way forward: it computes two slopes, of weights and of activations.",
    ),
    _word(
        "parameters",
        "The numbers a network holds, most of them learned: weights, biases, and those of normalization.",
    ),
    _word(
        "layer name",
        "A layer as Keras names it: its kind, and from the second of a kind on a number. "
        "So conv2d_1 is the second Conv2D.",
        forms=r"conv2d(?:_\d+)?|max_pooling2d(?:_\d+)?|average_pooling2d(?:_\d+)?",
        exact=True,
    ),
    _word(
        "head",
        "The layers behind the last feature maps: they turn maps into logits.",
    ),
    _word(
        "re-encoded",
        "Saved once more as JPEG, with a loss (median PSNR 30.5 dB): the pixels are not the official ones. A network "
        "answers pixels best that are like those it learned from, so its accuracy on the official images differs.",
    ),
    _word(
        "near-duplicate",
        "Nearly the same picture again. 3.3 % of CIFAR-10's test images have one among the training images, shifted or "
        "not, which a network may know by heart (Barz and Denzler 2020).",
    ),
)
"""In the order in which one reads about them; of overlapping forms the one that stands first here is marked."""

_component = component(__file__, always={"words": [asdict(word) for word in WORDS]})
_NOTHING = packed({})


def explain_words() -> None:
    """Let the browser mark the words of the page; call it once, before the page is drawn."""
    _component(key="shell.glossary", data=_NOTHING)
