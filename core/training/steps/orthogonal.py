"""An optimizer that moves the filters of a convolution by steps at right angles to each other."""

import re
from typing import Any

import keras
import tensorflow as tf

COEFFICIENTS = (3.4445, -4.7750, 2.0315)
"""Of x, x^3 and x^5 in the polynomial that takes singular values near one: Jordan 2024 chose them for the steepest
rise at zero, so that a few rounds do; they end between about 0.7 and 1.2, not at one."""

ROUNDS = 3
"""How often the polynomial is applied."""

TINY = 1e-7
"""Keeps what is divided by a length from becoming infinite."""


def orthogonal(matrix: tf.Tensor) -> tf.Tensor:
    """Return `matrix` (m, n) with its singular vectors as they are and its larger singular values near one.

    It is the Newton-Schulz iteration of Jordan 2024, "Muon: an optimizer for hidden layers in neural networks", with
    as many rounds as in his CIFAR-10 recipe ("airbench94_muon"), at single precision.
    """
    first, third, fifth = COEFFICIENTS
    high = matrix.shape[0] > matrix.shape[1]
    x = tf.transpose(matrix) if high else matrix  # (short, long): the products are then the smaller ones
    x /= tf.norm(x) + TINY  # no singular value is more than one
    for _ in range(ROUNDS):
        squares = tf.matmul(x, x, transpose_b=True)  # (short, short)
        x = first * x + tf.matmul(third * squares + fifth * tf.matmul(squares, squares), x)
    return tf.transpose(x) if high else x


@keras.saving.register_keras_serializable("convscope")
class OrthogonalSGD(keras.optimizers.SGD):
    """SGD that moves the kernels of convolutions by orthogonalized momentum (Jordan 2024, "Muon").

    Before its step a kernel, seen as a matrix of a column a filter, is brought to the length it has where each filter
    has length one; so the rate alone says how far it turns. All other variables learn as in SGD.

    Args:
        learning_rate: as in SGD.
        orthogonal_rate: of those kernels, a multiple of the learning rate; 0 for SGD's own steps.
        orthogonal_momentum: of those kernels; always Nesterov's.
        options: as in SGD.
    """

    def __init__(
        self,
        learning_rate: float = 0.01,
        *,
        orthogonal_rate: float = 0.0,
        orthogonal_momentum: float = 0.6,
        **options: Any,
    ) -> None:
        super().__init__(learning_rate, **options)
        self.orthogonal_rate, self.orthogonal_momentum = orthogonal_rate, orthogonal_momentum

    def build(self, variables: list[keras.Variable]) -> None:
        """Make what momentum needs, of `variables`."""
        if self.built:
            return
        super().build(variables)
        if self.orthogonal_rate and self.momentum == 0:
            self.momentums: list[keras.Variable] = self.add_optimizer_variables(variables, "momentum")
        self._kernels = [bool(re.search(r"(^|/)conv2d(_\d+)?/kernel$", variable.path)) for variable in variables]

    def update_step(self, gradient: tf.Tensor, variable: keras.Variable, learning_rate: tf.Tensor) -> None:
        """Move one variable."""
        index = self._get_variable_index(variable)
        if not (self.orthogonal_rate and self._kernels[index]):
            super().update_step(gradient, variable, learning_rate)
            return
        momentum = self.momentums[index]
        momentum.assign(self.orthogonal_momentum * momentum + gradient)
        ahead = gradient + self.orthogonal_momentum * momentum
        filters = variable.shape[-1]
        turn = tf.reshape(orthogonal(tf.reshape(ahead, (-1, filters))), variable.shape)
        unit = filters**0.5 / (tf.norm(variable) + TINY)
        variable.assign(variable * unit - self.orthogonal_rate * learning_rate * turn)

    def get_config(self) -> dict[str, object]:
        """Return what `__init__` takes."""
        own = {"orthogonal_rate": self.orthogonal_rate, "orthogonal_momentum": self.orthogonal_momentum}
        return {**super().get_config(), **own}
