"""Hand-made kernels inside a Keras `Conv2D`: the same numbers, or the question why not."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.model.gate import gate
from core.ops.convolution import Operation, convolution, filter_response
from core.ops.geometry import pad

TUTORIAL_FILTERS = 32
_BYTES_A_VALUE = 16  # a number and its copy, in float64


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Comparison:
    """One result computed twice.

    Attributes:
        ours: float64 (height, width), by `core.ops`.
        keras: the same shape, by `Conv2D`.
        largest_difference: the largest absolute difference between the two.
        remark: what had to be done because Keras cannot be asked for it, or "".
    """

    ours: NDArray[np.float64]
    keras: NDArray[np.float64]
    largest_difference: float
    remark: str


def compare(
    image: NDArray[np.float64], kernels: NDArray[np.float64], operation: Operation, *, dtype: str
) -> Comparison:
    """Compute one feature map with our own arithmetic and with a Keras `Conv2D` holding the same weights.

    Args:
        image: shape (height, width, channels).
        kernels: shape (kernel height, kernel width, channels), as written (not turned).
        operation: stride, padding, dilation, border, flip, bias and ReLU.
        dtype: "float32" as networks compute, or "float64".
    """
    theirs, remark = conv2d(image, kernels, operation, dtype=dtype)
    if image.shape[2] == 1:
        ours = convolution(image[..., 0], kernels[..., 0], operation)
    else:
        ours = filter_response(image, kernels, operation)
    return Comparison(ours=ours, keras=theirs, largest_difference=float(np.abs(ours - theirs).max()), remark=remark)


def conv2d(
    image: NDArray[np.float64], kernels: NDArray[np.float64], operation: Operation, *, dtype: str
) -> tuple[NDArray[np.float64], str]:
    """Return one feature map of a Keras `Conv2D` holding `kernels`, shape (height, width), and a remark.

    Keras knows no border but zeros, and no padding of your own: such borders are added first. It refuses a stride
    together with a dilation: such a result is computed at stride 1, and every stride-th value taken.
    """
    import keras

    geometry = operation.geometry
    taps = kernels.shape[0]
    both = geometry.stride > 1 and geometry.dilation > 1
    by_keras = geometry.padding == "none" or (geometry.padding == "same" and geometry.border == "zero" and not both)
    remarks = [] if by_keras else ["The border is added with np.pad first: Conv2D itself pads with zeros only."]
    if both:
        remarks.append(
            "Keras refuses a stride together with a dilation: computed at stride 1, then every n-th value taken."
        )
    seen = (
        image if by_keras else np.stack([pad(plane, geometry, (taps, taps)) for plane in image.transpose(2, 0, 1)], -1)
    )
    layer = keras.layers.Conv2D(
        1,
        taps,
        strides=1 if both else geometry.stride,
        dilation_rate=geometry.dilation,
        padding="same" if by_keras and geometry.padding == "same" else "valid",
        activation="relu" if operation.relu else None,
        dtype=dtype,
    )
    layer.build((None, *seen.shape))
    applied = kernels[::-1, ::-1] if operation.flip else kernels  # Conv2D itself does not turn the kernel
    layer.set_weights([applied[..., None], np.array([operation.bias])])
    with gate.turn(_BYTES_A_VALUE * seen.size):
        result = np.asarray(layer(seen[None]), dtype=np.float64)[0, ..., 0]
    return (result[:: geometry.stride, :: geometry.stride] if both else result), " ".join(remarks)


def random_features(image: NDArray[np.float64], *, seed: int) -> NDArray[np.float32]:
    """Return the feature maps of a fresh `Conv2D(32, (3, 3), activation="relu")`, as the tutorial does.

    Args:
        image: shape (height, width, 3), range 0..1.
        seed: of the random initial kernels (Glorot uniform, Keras' default).

    Returns:
        float32 (height - 2, width - 2, TUTORIAL_FILTERS), after ReLU.
    """
    import keras

    layer = keras.layers.Conv2D(
        TUTORIAL_FILTERS, (3, 3), activation="relu", kernel_initializer=keras.initializers.GlorotUniform(seed=seed)
    )
    with gate.turn(_BYTES_A_VALUE * image.size * TUTORIAL_FILTERS):
        return np.asarray(layer(image[None].astype(np.float32)))[0]
