"""Compiled graphs by architecture: made once by whoever asks first, forgotten when others need their memory."""

import threading
from collections.abc import Callable
from typing import Any, Generic, TypeVar

import keras
import tensorflow as tf
from cachetools import LRUCache

from core.model.construction.network import ACTIVATED, build
from core.model.structure.architecture import Architecture
from core.page_runs import page_runs

FORWARD_BYTES, BACK_BYTES = 270_000, 400_000
"""Memory of a layer's graphs, as measured with stacks of 6, 8 and 58 layers: forward alone, and with the way back."""

_BYTES_A_PROGRAM = 1_000_000


class Program:
    """The graphs of one architecture; each is traced when it is asked for first.

    Activations inside layers are layers of their own here, so that what goes into them can be read too.

    Args:
        dtype: what they compute in, as for `network.build`.
        layer_bytes: memory of the graphs of one layer.
        layers: of so many; default: of all.

    Attributes:
        model: the network; its own weights mean nothing.
        after: layer name -> its output.
        before: layer name -> what goes into the activation inside it; its output where there is none.
        nbytes: about how many bytes all this fills.
    """

    def __init__(
        self, architecture: Architecture, dtype: str = "float32", *, layer_bytes: int, layers: int | None = None
    ) -> None:
        self.model = build(architecture, seed=0, dtype=dtype, split_activations=True)
        self.after = {layer.name.removesuffix(ACTIVATED): layer.output for layer in self.model.layers}  # the later one
        self.before = {layer.name: layer.output for layer in self.model.layers}
        count = len(architecture.rows()) if layers is None else layers
        self.nbytes = _BYTES_A_PROGRAM + layer_bytes * count + 4 * architecture.parameter_count

    def reader(self, outputs: Any) -> keras.Model:
        """Return the network as far as some of its outputs, nested as they are."""
        return keras.Model(self.model.inputs[0], outputs)

    def ask(self, reader: keras.Model, pixels: tf.Tensor, weights: list[tf.Tensor]) -> Any:
        """Return what `reader` makes of pixels (n, height, width, 3) in 0..1 with these weights: for graphs."""
        with keras.StatelessScope(state_mapping=list(zip(self.model.weights, weights, strict=True))):
            return reader(pixels, training=False)

    def pixels(self, dtype: tf.DType, batch: int | None = None) -> tf.TensorSpec:
        """Return what pixels a graph takes."""
        return tf.TensorSpec((batch, *self.model.input_shape[1:]), dtype)

    @property
    def weights(self) -> list[tf.TensorSpec]:
        """What weights a graph takes."""
        return [tf.TensorSpec(variable.shape, tf.float32) for variable in self.model.weights]


P = TypeVar("P", bound=Program)


class Programs(Generic[P]):
    """The graphs of many architectures.

    Args:
        make: compiles those of one architecture in one variant: to compute in a dtype, or as far as a layer.
        most_bytes: what all of them may fill.
    """

    def __init__(self, make: Callable[[Architecture, str], P], most_bytes: int) -> None:
        self._make = make
        self._made: LRUCache[tuple[Architecture, str], P] = LRUCache(most_bytes, lambda program: program.nbytes)
        self._looking, self._making = threading.Lock(), threading.Lock()

    def of(self, architecture: Architecture, variant: str = "float32") -> P:
        """Return the graphs of an architecture; one's are made at a time."""
        key = (architecture, variant)
        if found := self._known(key):
            return found
        with page_runs.aside(), self._making:
            if found := self._known(key):
                return found
            made = self._make(architecture, variant)
            with self._looking:
                self._made[key] = made
            return made

    def _known(self, key: tuple[Architecture, str]) -> P | None:
        with self._looking:
            return self._made.get(key)
