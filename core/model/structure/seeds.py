"""The seeds of a network's random numbers: one for every layer that draws any. No TensorFlow."""

import numpy as np

from core.model.structure.architecture import Architecture


def initial_seeds(architecture: Architecture, seed: int) -> dict[str, int]:
    """Return the seed of the random numbers of every layer that draws any, by the layer's name."""
    seeds = np.random.SeedSequence(seed)
    return {
        step.name: int(seeds.spawn(1)[0].generate_state(1)[0] >> 1) for step in architecture.steps() if step.layer.draws
    }
