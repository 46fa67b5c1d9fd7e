"""Convolution computed another way: np.pad, SciPy's valid correlation with a kernel spread by zeros, then slicing."""

import numpy as np
from scipy.signal import correlate2d

from core.ops.geometry import NUMPY_BORDER


def reference(image, kernel, operation):
    geometry = operation.geometry
    spread = np.zeros([geometry.dilation * (n - 1) + 1 for n in kernel.shape])
    spread[:: geometry.dilation, :: geometry.dilation] = kernel[::-1, ::-1] if operation.flip else kernel
    widths = []
    for size, taps in zip(image.shape, spread.shape, strict=True):
        if geometry.padding == "same":
            total = max((int(np.ceil(size / geometry.stride)) - 1) * geometry.stride + taps - size, 0)
            widths.append((total // 2, total - total // 2))
        else:
            widths.append((geometry.custom_padding,) * 2 if geometry.padding == "custom" else (0, 0))
    padded = np.pad(image, widths, mode=NUMPY_BORDER[geometry.border])
    result = correlate2d(padded, spread, mode="valid")[:: geometry.stride, :: geometry.stride] + operation.bias
    return np.maximum(result, 0) if operation.relu else result
