"""The classify page's stop of the route: a photograph, and what is left of it for the network."""

from core.data import photographs, uploads
from pages.shared.sidebar import Selection
from pages.shared.stop_pictures import photographs_side_by_side


def picture(selection: Selection) -> str:
    """Return the stop's picture as HTML; nothing where there is none."""
    photograph = uploads.crop_square(photographs.load("flower"))
    small = uploads.to_network_input(photograph)
    step = max(1, len(photograph) // 256)
    sharp = photograph[::step, ::step][:256, :256]
    enlarged = small.repeat(8, axis=0).repeat(8, axis=1)
    return photographs_side_by_side(
        sharp, enlarged[: len(sharp), : len(sharp)], "A photograph, and what is left of it at 32 × 32 pixels"
    )
