"""The activations page's stop of the route: the snapshot's first kernels."""

from core.charts import png
from core.charts.maps import kernel_pictures
from core.model.inference.inspection import has_convolution
from pages.shared.sidebar import Selection
from pages.shared.stop_pictures import image


def picture(selection: Selection) -> str:
    """Return the stop's picture as HTML; nothing where there is none."""
    if selection.snapshot is None or not has_convolution(selection.architecture):
        return ""
    pictures = kernel_pictures(selection.snapshot.first_layer_kernels())[:32]
    return image(png.sprite(pictures, 8, gap=1), "The kernels of the first layer")
