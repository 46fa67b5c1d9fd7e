"""Temperature: one number that makes a network as sure as it should be, without changing any answer.

Logits are divided by it before softmax. Guo, Pleiss, Sun and Weinberger, "On Calibration of Modern Neural Networks",
2017.
"""

import numpy as np
from numpy.typing import NDArray

from core.model.quality.evaluation import log_softmax

LOWEST, HIGHEST = 0.25, 4.0
"""Temperatures that are looked at."""


def halves(count: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the positions of `count` images in two halves, always the same: one to fit on, one to report on."""
    shuffled = np.random.default_rng(0).permutation(count)
    return np.sort(shuffled[: count // 2]), np.sort(shuffled[count // 2 :])


def loss(logits: NDArray[np.floating], labels: NDArray[np.integer], temperature: float) -> float:
    """Return the mean cross-entropy in nats of logits (n, classes) divided by a temperature, for labels (n,)."""
    log_probabilities = log_softmax(np.asarray(logits, np.float64) / temperature)
    return float(-log_probabilities[np.arange(len(labels)), labels].mean())


def fitted(logits: NDArray[np.floating], labels: NDArray[np.integer]) -> float:
    """Return the temperature from LOWEST to HIGHEST of the smallest loss, to within 0.001.

    Args:
        logits: (n, classes), of images that nothing is reported on; n at least 1.
        labels: (n,), their true classes.
    """
    from scipy.optimize import minimize_scalar

    found = minimize_scalar(
        lambda log: loss(logits, labels, np.exp(log)),
        bounds=(np.log(LOWEST), np.log(HIGHEST)),
        method="bounded",
        options={"xatol": 1e-4},
    )
    return float(np.exp(found.x))
