"""What the builder's table shows of an architecture: a row for every layer, and the totals."""

from math import prod
from typing import Any

from core.config import IMAGE_SHAPE
from core.model.structure.architecture import Architecture
from core.model.structure.trace import LayerRow


def layer_table(architecture: Architecture, classes: int) -> dict[str, Any]:
    """Return the layers, their rows as far as the stack can be built, what breaks it, and the totals.

    Args:
        architecture: any stack, also an impossible one.
        classes: how many it has to tell apart.

    Returns:
        JSON types. `rows[i]` belongs to layer i and holds `inside`, one row per layer of a residual block's branch.
    """
    trace = architecture.trace(classes)
    rows: list[dict[str, Any]] = [{"inside": []} for _ in architecture.layers]
    for row in trace.rows:
        if row.position >= 0 and row.inside is None:
            rows[row.position].update(_figures(row))
        elif row.position >= 0:
            rows[row.position]["inside"].append(_figures(row))
    error = trace.error
    return {
        "layers": architecture.to_json()["layers"],
        "rows": rows,
        "error": {"layer": error.layer, "message": with_signs(str(error))} if error else None,
        "totals": {
            "parameters": sum(row.parameters for row in trace.rows),
            "trainable": sum(row.trainable_parameters for row in trace.rows),
            "multiplyAdds": sum(row.multiply_adds for row in trace.rows),
            "memory": 4 * prod(IMAGE_SHAPE) + sum(row.memory_bytes for row in trace.rows),
            "field": trace.rows[-1].receptive_field if trace.rows else 1,
        },
    }


def with_signs(text: str) -> str:
    """Write the plain x between numbers as the sign it stands for.

    >>> with_signs("3 x 3")
    '3 × 3'
    """
    return text.replace(" x ", " × ")


def _figures(row: LayerRow) -> dict[str, Any]:
    return {
        "name": row.name,
        "shape": list(row.output_shape),
        "parameters": row.parameters,
        "formula": with_signs(row.formula),
        "multiplyAdds": row.multiply_adds,
        "memory": row.memory_bytes,
        "field": row.receptive_field,
    }
