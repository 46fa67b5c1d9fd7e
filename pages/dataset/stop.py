"""The dataset page's stop of the route: the first images."""

from core.charts import png
from pages.shared.sidebar import Selection
from pages.shared.stop_pictures import image


def picture(selection: Selection) -> str:
    """Return the stop's picture as HTML; nothing where there is none."""
    split = selection.dataset.split(selection.dataset.split_names[0])
    return image(png.sprite(split.images[:15], 5, gap=2), f"The first fifteen images of {selection.dataset.title}")
