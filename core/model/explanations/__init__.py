"""Where an answer rests: methods that lay a heat over an image, each in a file of this folder.

A new method is one class in one file; importing this package imports them all, and so fills `METHODS`. No TensorFlow is
imported before a method asks a network.
"""

import pkgutil
from importlib import import_module

from core.model.explanations.base import METHODS, Explanation, Method

for _module in pkgutil.iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")

__all__ = ["METHODS", "Explanation", "Method"]
