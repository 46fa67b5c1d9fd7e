"""Kernels that begin by passing their inputs on, instead of mixing them at random. NumPy only."""

import numpy as np
from numpy.typing import NDArray


def identity_kernels(kernels: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return `kernels` with the first filters replaced: filter i copies input map i, as far as both go.

    A network that starts so learns as if it were shallower at first (Zagoruyko and Komodakis 2017, "DiracNets").

    Args:
        kernels: float32 (height, width, in_channels, filters), as drawn; only odd sizes have a middle.

    Returns:
        float32, the same shape.

    Example:
        >>> identity_kernels(np.full((1, 1, 2, 3), 0.5, np.float32))[0, 0].tolist()
        [[1.0, 0.0, 0.5], [0.0, 1.0, 0.5]]
    """
    height, width, channels, filters = kernels.shape
    kernels = kernels.copy()
    if height % 2 and width % 2:
        copied = np.arange(min(channels, filters))
        kernels[..., copied] = 0
        kernels[height // 2, width // 2, copied, copied] = 1
    return kernels
