"""An optimizer that now and then pulls the weights back to a slow copy of themselves."""

from typing import Any

import keras
import tensorflow as tf

from core.training.steps.orthogonal import OrthogonalSGD


@keras.saving.register_keras_serializable("convscope")
class LookaheadSGD(OrthogonalSGD):
    """SGD whose slow copy of the weights follows them every few steps, and takes their place (Zhang et al. 2019).

    The copy follows the more slowly the further training is, as in Jordan 2024, "94% on CIFAR-10 in 3.29 seconds on a
    single GPU", section 3.4: it keeps the part 0.95 ** every * (step / steps) ** 3 of itself. It is saved with the
    optimizer, so that a resumed run goes on exactly.

    Args:
        learning_rate: as in SGD.
        every: so many steps lie between two pulls.
        steps: of the whole training.
        options: as in OrthogonalSGD.
    """

    def __init__(self, learning_rate: float = 0.01, *, every: int = 5, steps: int = 1, **options: Any) -> None:
        super().__init__(learning_rate, **options)
        self.every, self.steps = every, steps

    def build(self, variables: list[keras.Variable]) -> None:
        """Make the slow copy of `variables`, beside what SGD keeps of them."""
        if self.built:
            return
        super().build(variables)
        self._slow = [self.add_variable_from_reference(variable, "slow") for variable in variables]
        for slow, variable in zip(self._slow, variables, strict=True):
            slow.assign(variable)

    def pull(self, variables: list[keras.Variable]) -> None:
        """After a step: let the copy follow all `variables` and take their place, if its time has come."""
        done = tf.cast(self.iterations, tf.float32)
        due = tf.equal(tf.cast(self.iterations, tf.int32) % self.every, 0)
        kept = tf.where(due, 0.95**self.every * (done / self.steps) ** 3, 1.0)
        for slow, variable in zip(self._slow, variables, strict=True):
            slow.assign(slow + (1.0 - kept) * (variable - slow))
            variable.assign(tf.where(due, slow, variable))

    def get_config(self) -> dict[str, object]:
        """Return what `__init__` takes."""
        return {**super().get_config(), "every": self.every, "steps": self.steps}
