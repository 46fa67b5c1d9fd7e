"""What every method of explaining an answer is, and the registry of methods."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from core.model.inference.networks import Network

METHODS: dict[str, "Method"] = {}
"""Every method by its name, in the order of its file's."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Explanation:
    """Where the answer for one class rests in one image.

    Attributes:
        heat: float32 (height, width), positive where the answer rests, negative what speaks against it.
        sentence: what the colors say of this image, blue for positive, orange for negative; "{answer}" stands for the
            name of the class.
        how: how the heat was made, in a sentence or two with its source; "{answer}" as in `sentence`.
    """

    heat: NDArray[np.float32]
    sentence: str
    how: str


class Method(ABC):
    """A way to find where an answer rests.

    A subclass with a `name` stands in `METHODS`.

    Attributes:
        name: in links.
        title: what a visitor reads.
        weakness: what is known to go wrong with it, in a sentence.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    weakness: ClassVar[str]

    def __init_subclass__(cls) -> None:
        METHODS[cls.name] = cls()

    @abstractmethod
    def explain(self, network: "Network", image: NDArray[np.uint8], class_index: int) -> Explanation:
        """Explain how much `image` speaks for one class.

        Args:
            network: who answers.
            image: uint8 (32, 32, 3), range 0..255.
            class_index: the class in question.

        Raises:
            TooLargeError: the network's layers take too much memory.
        """
