"""Kernels by name; `named_kernels.py` holds them."""

import numpy as np

from core.errors import KernelError
from core.ops.kernel_weights import Kernel
from core.ops.named_kernels import KERNELS

SIZES = (1, 2, 3, 5, 7)
"""The sizes the laboratory offers; 2 is there for the tutorial's worked example."""

TUTORIAL_EDGE = np.array([[-1.0, -1.0, -1.0], [-1.0, 8.0, -1.0], [-1.0, -1.0, -1.0]])
"""The tutorial calls it random; it is a Laplacian edge detector."""

TUTORIAL_EXAMPLE = np.array([[0.0, 1.0], [2.0, 3.0]])
"""The kernel of the worked example 0*0 + 1*1 + 3*2 + 4*3 = 19."""


def kernel(name: str, size: int) -> Kernel:
    """Return the weights of a named kernel, float64 (size, size).

    >>> kernel("sobel-x", 3)
    array([[-1.,  0.,  1.],
           [-2.,  0.,  2.],
           [-1.,  0.,  1.]])

    Raises:
        KernelError: there is no such kernel, or not in this size.
    """
    named = KERNELS.get(name)
    if named is None:
        raise KernelError(
            f"Expected the name of a kernel. Received {name!r}. Choose one of {', '.join(sorted(KERNELS))}."
        )
    if size not in named.sizes:
        raise KernelError(
            f"Expected one of the sizes {', '.join(map(str, named.sizes))} for {named.title}. "
            f"Received {size}. Choose one of them."
        )
    return named.make(size)
