"""Two small curves without axes, as SVG: the shape of a training at a glance."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

_WIDTH, _HEIGHT, _MARGIN = 200, 120, 10


def sparkline(curves: Sequence[ArrayLike], *, low: float, high: float, label: str) -> str:
    """Draw curves over equally spaced points; the last curve is drawn strongest.

    Args:
        curves: each (n,), n the same for all; NaN leaves a point out.
        low, high: the values at the lower and the upper edge.
        label: what the picture shows, for people who cannot see it.

    Returns:
        One `<svg>` element that takes its colors from the page.
    """
    lines = []
    for position, curve in enumerate(curves):
        values = np.asarray(curve, np.float64)
        across = _MARGIN + np.linspace(0, _WIDTH - 2 * _MARGIN, len(values))
        up = _HEIGHT - _MARGIN - (values - low) / (high - low) * (_HEIGHT - 2 * _MARGIN)
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in zip(across, up, strict=True) if np.isfinite(y))
        strong = position == len(curves) - 1
        color = "var(--st-primary-color)" if strong else "currentColor"
        lines.append(
            f'<polyline points="{points}" fill="none" stroke="{color}" stroke-width="{3 if strong else 1.5}" '
            f'stroke-linejoin="round" stroke-linecap="round" opacity="{1 if strong else 0.5}"/>'
        )
    floor = _HEIGHT - _MARGIN
    base = f'<path d="M{_MARGIN} {floor}H{_WIDTH - _MARGIN}" stroke="currentColor" opacity="0.3"/>'
    return f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{label}">{base}{"".join(lines)}</svg>'
