"""What one takes home of Network: the drawing, the table of layers; its Keras script is a button of its own."""

from core.charts.network_file import network_file
from core.charts.table import as_csv
from core.model.structure.architecture import Architecture
from pages.shared.takehome import File, Offer
from pages.shared.volumes import volumes


def offer(architecture: Architecture, picture: str) -> Offer:
    """Return what there is of a network that can be built; `picture` is the data URI on the input's face."""
    drawn = volumes(architecture)
    return Offer(
        files=[
            File("Drawing", "network.svg", lambda: network_file(drawn, picture=picture)),
            File("Table of layers", "network.csv", lambda: layers_csv(architecture)),
        ]
    )


def layers_csv(architecture: Architecture) -> str:
    """Return a row for every layer, those inside of residual blocks too."""
    rows = architecture.rows()
    return as_csv({
        "layer": [row.name for row in rows],
        "kind": [row.kind for row in rows],
        "output shape": ["x".join(map(str, row.output_shape)) for row in rows],
        "parameters": [row.parameters for row in rows],
        "formula": [row.formula for row in rows],
        "trainable": [row.trainable_parameters for row in rows],
        "multiply-adds": [row.multiply_adds for row in rows],
        "memory in bytes": [row.memory_bytes for row in rows],
        "receptive field": [row.receptive_field for row in rows],
    })  # fmt: skip
