"""The kinds of layers a network is made of: a class each, which knows all there is to know about its kind.

A class says which settings its kind has and what may be chosen, what it does to shape, parameters, multiply-adds and
receptive field, which Keras layer it is, and how it is called in links, in the builder and in drawings. Whoever shows,
builds, trains or exports a network asks the classes: a new kind is one class in one file of this folder.

Importing this package imports its files, and so fills `KINDS`. No TensorFlow.
"""

import pkgutil
from importlib import import_module

from core.model.layers.base import KINDS, Layer, layer_from_json, layer_from_text, offered

for _module in pkgutil.iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")

__all__ = ["KINDS", "Layer", "layer_from_json", "layer_from_text", "offered"]
