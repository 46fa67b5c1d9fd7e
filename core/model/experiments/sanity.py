"""Does an explanation depend on what the network has learned? It should look otherwise where nothing is learned.

Adebayo, Gilmer, Muelly, Goodfellow, Hardt and Kim, "Sanity Checks for Saliency Maps", 2018.
"""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.model.structure.architecture import Architecture

if TYPE_CHECKING:
    from core.model.inference.networks import Network

SEED = 1


def untrained(architecture: Architecture) -> "Network":
    """Return the network with fresh initial weights, always the same."""
    from core.model.construction.network import build
    from core.model.inference.networks import Network

    return Network.of(build(architecture, seed=SEED), architecture)


def similarity(heat: NDArray[np.floating], other: NDArray[np.floating]) -> float:
    """Return how alike two heats of one shape rank the pixels by size: Spearman's correlation, 0 where one is even.

    >>> similarity(np.array([1.0, 2.0, -3.0]), np.array([10.0, 20.0, 30.0]))
    1.0
    """
    from scipy.stats import rankdata

    ranks = np.array([rankdata(np.abs(each)) for each in (heat, other)])
    if (ranks.std(axis=1) == 0).any():
        return 0.0
    return round(float(np.corrcoef(ranks)[0, 1]), 12)
