"""The smallest changes of an image that change a network's answer.

In three ways: one step by the sign of the loss's slope (Goodfellow, Shlens and Szegedy, "Explaining and Harnessing
Adversarial Examples", 2015); many small ones, none further than a bound (projected gradient descent: Madry et al.,
"Towards Deep Learning Models Resistant to Adversarial Attacks", 2018); and straight over the nearest boundary, again
and again (Moosavi-Dezfooli, Fawzi and Frossard, "DeepFool", 2016). What counts is the image as it can be saved: whole
numbers from 0 to 255.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.config import IMAGE_SHAPE, WHITE
from core.model.inference.background import Work

if TYPE_CHECKING:
    from core.model.inference.networks import Network

BOUNDS = tuple(range(1, 33))
"""How far a number of a pixel may move, of 255: tried from the smallest on."""

MOST = 30
"""Steps over boundaries, at most."""

_STEPS, _OVERSHOOT = 10, 0.02


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fooled:
    """An image that is answered otherwise.

    Attributes:
        image: uint8 (height, width, 3).
        answer: what the network answers to it.
        largest: by how much the most changed number differs from the original, of 255.
    """

    image: NDArray[np.uint8]
    answer: int
    largest: int


def one_step(network: "Network", image: NDArray[np.uint8]) -> Fooled | None:
    """Move every number by the same amount along the sign of the slope, by the smallest amount of BOUNDS that does."""
    from core.model.inference.pixel_slopes import pixel_slopes

    answer = _answers(network, image[np.newaxis])
    signs = np.sign(pixel_slopes(network, image[np.newaxis] / WHITE, answer, of_loss=True))
    return _first(network, image, _whole(image + np.array(BOUNDS)[:, None, None, None] * signs))


def many_steps(network: "Network", image: NDArray[np.uint8]) -> Fooled | None:
    """Climb the loss in steps of a quarter of a bound, none further from the image than it; all BOUNDS at once."""
    from core.model.inference.pixel_slopes import pixel_slopes

    bounds = np.array(BOUNDS, np.float32)[:, None, None, None]
    answer = int(_answers(network, image[np.newaxis])[0])
    moved = np.repeat(image[np.newaxis].astype(np.float32), len(BOUNDS), axis=0)
    for _ in range(_STEPS):
        moved += bounds / 4 * np.sign(pixel_slopes(network, moved / WHITE, answer, of_loss=True))
        moved = np.clip(np.clip(moved, image - bounds, image + bounds), 0, WHITE)
    return _first(network, image, _whole(moved))


def over_the_boundary(network: "Network", image: NDArray[np.uint8]) -> Fooled | None:
    """Go to the nearest boundary, taken for a plane, and a little beyond, until the answer is another."""
    from core.model.inference.pixel_slopes import pixel_slopes

    first = int(_answers(network, image[np.newaxis])[0])
    pixels, step = (image / WHITE).astype(np.float32), np.zeros(image.shape, np.float32)
    others = np.array([each for each in range(network.classes) if each != first])
    for _ in range(MOST):
        moved = np.clip(pixels + (1 + _OVERSHOOT) * step, 0, 1)
        found = _first(network, image, _whole(moved[np.newaxis] * WHITE))
        if found is not None:
            return found
        copies = np.repeat(moved[np.newaxis], network.classes, axis=0)
        slopes = pixel_slopes(network, copies, np.arange(network.classes))
        logits = network.logits(_whole(moved[np.newaxis] * WHITE))[0]
        across = slopes[others] - slopes[first]
        gaps = np.maximum(logits[first] - logits[others], 1e-4)
        lengths = np.sqrt((across**2).sum(axis=(1, 2, 3))) + 1e-12
        nearest = int((gaps / lengths).argmin())
        step = step + (gaps[nearest] / lengths[nearest] ** 2) * across[nearest]
    return None


WAYS: dict[str, Callable[["Network", NDArray[np.uint8]], Fooled | None]] = {
    "DeepFool": over_the_boundary,
    "PGD": many_steps,
    "FGSM": one_step,
}
"""How to fool a network, by what it is called; each returns None where it does not find a way."""


class Fooling(Work[tuple[Fooled, ...]]):
    """The search for a change, computed while somebody looks; finds one, or none where there is no way.

    Args:
        search: called in the background.

    Raises:
        BusyError: too many others are under way.
    """

    nbytes = int(np.prod(IMAGE_SHAPE))

    def __init__(self, search: Callable[[], Fooled | None]) -> None:
        self._search = search
        self._fooled: tuple[Fooled, ...] = ()
        super().__init__(total=1)

    def _step(self) -> int:
        found = self._search()
        self._fooled = () if found is None else (found,)
        return 1

    def _found(self) -> tuple[Fooled, ...]:
        return self._fooled


def _whole(numbers: NDArray[np.floating]) -> NDArray[np.uint8]:
    return np.clip(np.rint(numbers), 0, WHITE).astype(np.uint8)


def _answers(network: "Network", images: NDArray[np.uint8]) -> NDArray[np.int64]:
    from core.model.quality.evaluation import logits_of

    return logits_of(network, images).argmax(axis=1)


def _first(network: "Network", image: NDArray[np.uint8], tried: NDArray[np.uint8]) -> Fooled | None:
    """Return the first of the images that is answered otherwise than `image`."""
    before, *answers = _answers(network, np.concatenate([image[np.newaxis], tried]))
    for changed, answer in zip(tried, answers, strict=True):
        if answer != before:
            return Fooled(
                image=changed.copy(), answer=int(answer), largest=int(np.abs(changed.astype(int) - image).max())
            )
    return None
