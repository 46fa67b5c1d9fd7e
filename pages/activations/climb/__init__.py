"""The picture that is made for a filter, from noise to its last step: all steps go to the browser, and play there."""

from core.charts.numbers import signed as written
from core.model.experiments.ascent import STEPS, Climbed
from pages.activations.exciting import Chosen, climb_frames
from pages.shared.choices import Whole
from pages.shared.component import component
from pages.shared.told import told, whole

_component = component(__file__)


def climb(filter_: Chosen, climbed: Climbed, *, key: str) -> None:
    """Draw the picture after a step, and a slider with a button that walks through all of them.

    Args:
        filter_: for which it was made.
        climbed: the way to it.
        key: the widget's key, "page.name"; the choice of the step is "page.step".
    """
    choice = Whole(f"{key.partition('.')[0]}.step", 0, STEPS, usual=STEPS)

    def moved() -> None:
        step = whole(told(key, "step"), below=STEPS + 1)
        if step is not None:
            choice.choose(step)

    frames, side = climb_frames(filter_)
    data = {
        "title": f"the picture made for {filter_.title}",
        "frames": frames,
        "side": side,
        "values": [written(value, ".2f") for value in climbed.values],
        "step": choice.value(),
    }
    _component(key=key, data=data, on_step_change=moved)
