"""The activations page's stop of the route: the snapshot's first kernels."""

from core.charts import png
from core.charts.maps import kernel_pictures
from core.model.inspection import has_convolution
from core.model.snapshots import first_layer_kernels
from pages.shared.sidebar import Selection
from pages.shared.stop_pictures import image


def picture(selection: Selection) -> str:
    """Return the stop's picture as HTML; nothing where there is none."""
    run = selection.run
    if not run or not run.epochs or not has_convolution(run.config.architecture):
        return ""
    pictures = kernel_pictures(first_layer_kernels(run, selection.epoch))[:32]
    return image(png.sprite(pictures, 8, gap=1), "The kernels of the first layer")
