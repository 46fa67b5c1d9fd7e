"""Networks: what they are, how they are built, what they answer.

TensorFlow carries two sets of kernels for Intel's and AMD's processors and takes the slower one on those without
AVX-512 or AVX-VNNI; oneDNN's need less than half the processor time there too. TensorFlow looks once, when it is
imported, which happens nowhere above this package. Who sets the variable is obeyed.
"""

import os
import platform

if platform.machine() in ("x86_64", "AMD64"):
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")
