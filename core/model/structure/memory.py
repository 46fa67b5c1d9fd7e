"""How much memory a network needs, counted from its architecture before anything is computed. No TensorFlow.

No layer's output is larger than 2 MiB for one image (512 maps of 32 x 32 numbers), but sixty such layers are, and a
batch of 500 images takes 500 times as much: what fills memory is the number of images at a time. The factors below were
fitted to peaks of resident memory from 0.2 to 55 MB of outputs an image, so that none of these peaks lay above.
"""

from itertools import pairwise
from math import prod

from core.config import IMAGE_SHAPE
from core.errors import TooLargeError
from core.model.structure.architecture import Architecture
from core.model.structure.trace import MAX_ACTIVATION_BYTES

BATCH_BYTES = 64_000_000
"""What one batch may fill while a network answers."""

BATCH_MULTIPLY_ADDS = 8_000_000_000
"""What one batch may cost, so that nobody waits long behind it: some tenths of a second on two cores."""

MOST_AT_A_TIME = 500

LEARNING_IMAGES = 32
LEARNING_MULTIPLY_ADDS = 700_000_000
"""What a step of learning taken apart may cost forward: twenty of them, with their way back, stay within a second."""


def answering_bytes(architecture: Architecture) -> int:
    """Return what one image fills while a network answers: pixels, and twice a layer's input and output.

    A compiled network forgets every output once the next layer has read it.
    """
    outputs = _outputs(architecture)
    return 2 * (outputs[0] + max(before + after for before, after in pairwise(outputs)))


def images_at_a_time(architecture: Architecture) -> int:
    """Return how many images a network may answer in one batch, 1 to `MOST_AT_A_TIME`.

    >>> images_at_a_time(Architecture.tutorial())
    204
    """
    by_memory = BATCH_BYTES // answering_bytes(architecture)
    by_work = BATCH_MULTIPLY_ADDS // max(1, architecture.multiply_adds)
    return max(1, min(by_memory, by_work, MOST_AT_A_TIME))


def images_to_survey(architecture: Architecture) -> int:
    """Return how many images a network may answer in one batch where every output is looked at, 1 to `MOST_AT_A_TIME`.

    Then an output may be kept longer than until the next layer has read it: at worst all of them are.

    >>> images_to_survey(Architecture.tutorial())
    204
    """
    return max(1, min(BATCH_BYTES // architecture.activation_bytes, images_at_a_time(architecture)))


def images_to_learn_from(architecture: Architecture) -> int:
    """Return of how many images the slopes are computed where a visitor waits for them, 1 to `LEARNING_IMAGES`.

    >>> images_to_learn_from(Architecture.tutorial())
    32
    """
    fixed = training_bytes(architecture, 0)
    by_memory = BATCH_BYTES // (training_bytes(architecture, 1) - fixed)
    by_work = LEARNING_MULTIPLY_ADDS // max(1, architecture.multiply_adds)
    return max(1, min(by_memory, by_work, LEARNING_IMAGES))


def check_kept_outputs(architecture: Architecture) -> None:
    """Make sure that all layers' outputs for one image may be kept at once: what looks inside a network needs them.

    Raises:
        TooLargeError: they fill too much memory.
    """
    fills = architecture.activation_bytes
    if fills > MAX_ACTIVATION_BYTES:
        raise TooLargeError(
            f"Expected a network whose outputs for one image fill at most {MAX_ACTIVATION_BYTES / 1e6:.0f} MB of "
            f"memory. Received an earlier one that fills {fills / 1e6:.1f} MB. Choose another run in the sidebar."
        )


def training_bytes(architecture: Architecture, batch_size: int, *, half: bool = False) -> int:
    """Return what a step of training fills: all outputs of all images, a few gradients, weights and optimizer.

    At `half` precision outputs and their gradients take half as much; weights and optimizer do not.
    """
    outputs = _outputs(architecture)
    an_image = (1.1 * sum(outputs) + 3 * max(outputs)) / (2 if half else 1)
    return round(an_image * batch_size) + 4 * 4 * architecture.parameter_count


def check_training(architecture: Architecture, batch_size: int, limit_bytes: int, *, half: bool = False) -> None:
    """Make sure that a network can be trained in `limit_bytes` of memory.

    Raises:
        ArchitectureError: it cannot be built.
        TooLargeError: it or its batches are too large.
    """
    architecture.check()
    need = training_bytes(architecture, batch_size, half=half)
    if need <= limit_bytes:
        return
    fixed = training_bytes(architecture, 0)
    most = max(0, (limit_bytes - fixed) * batch_size // (need - fixed))
    remedy = f"at most {most:,} images a batch, or " if most else ""
    raise TooLargeError(
        f"Expected batches that need at most {limit_bytes / 1e9:.1f} GB of memory in training. Received {batch_size:,} "
        f"images that need about {need / 1e9:.1f} GB. Use {remedy}a smaller network."
    )


def _outputs(architecture: Architecture) -> list[int]:
    """Return the bytes of the image and of every layer's output."""
    return [4 * prod(IMAGE_SHAPE), *(row.memory_bytes for row in architecture.rows())]
