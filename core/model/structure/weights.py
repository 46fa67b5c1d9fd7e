"""The numbers of a network by name: its variables, and single weights of them. No TensorFlow."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.addressed import whole


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """One array of a network.

    Attributes:
        layer: the layer's name, as in Keras.
        name: what it is to the layer, as in Keras: "kernel", "bias", "gamma".
        shape: in Keras' order, for example (height, width, in_channels, filters).
        learned: whether the gradient moves it; running means and variances are only counted along.
    """

    layer: str
    name: str
    shape: tuple[int, ...]
    learned: bool

    @property
    def text(self) -> str:
        """Its name in links, "conv2d.kernel"."""
        return f"{self.layer}.{self.name}"


@dataclass(frozen=True, slots=True)
class Weight:
    """One number of a variable.

    Attributes:
        variable: `Variable.text` of it.
        index: its place, one number a dimension.
    """

    variable: str
    index: tuple[int, ...]

    def __str__(self) -> str:
        """Return its name in links, "conv2d.kernel.0.2.1.31"."""
        return ".".join((self.variable, *map(str, self.index)))

    @classmethod
    def of(cls, text: str) -> "Weight":
        """Return the weight of its name in links.

        >>> Weight.of("conv2d.kernel.0.2.1.31").index
        (0, 2, 1, 31)

        Raises:
            ValueError: it is no such name.
        """
        layer, name, *places = [*text.split("."), "", ""][: max(2, text.count(".") + 1)]
        try:
            index = tuple(whole(place, 0, 10**9) for place in places[:5])
        except ValueError:
            index = ()
        if not 1 <= len(index) <= 4:
            raise ValueError("Expected a layer, a variable and a place, such as conv2d.kernel.0.2.1.31.")
        return cls(f"{layer}.{name}", index)

    def fits(self, variables: Sequence[Variable]) -> bool:
        """Whether a network with these variables has it, and learns it."""
        found = next((each for each in variables if each.text == self.variable and each.learned), None)
        return (
            found is not None and len(found.shape) == len(self.index) and bool(np.all(np.less(self.index, found.shape)))
        )
