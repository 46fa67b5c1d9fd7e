"""One step of learning, taken apart: logits, softmax, loss, the slope of one weight, the new weight, the new loss."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core import cached
from core.bounded import remembered
from core.charts import png
from core.charts.bars import largest
from core.model.quality.evaluation import softmax
from core.model.structure.weights import Weight
from pages.learning.setting import Setting, choose_weight, weight_choice, written
from pages.learning.weight import picker_data, short
from pages.shared.choices import Whole
from pages.shared.component import component, packed
from pages.shared.told import told, whole

STEPS = 20
"""So many steps are computed at once: the browser then walks through them without asking."""

KEY = "learning.step"

_component = component(__file__)


def step(setting: Setting, rate: float) -> Weight:
    """Draw the steps from the chosen weights on; return the weight that is looked at.

    Raises:
        RunError: the snapshot is missing or damaged.
        TooLargeError: its layers' outputs fill too much memory.
        BusyError: too many others ask at this moment.
    """
    taken = Whole("learning.taken", 0, STEPS)
    weight: Weight = weight_choice(setting).value()
    data = packed({"at": taken.value()}, beside=_packed(setting, rate, weight))
    _component(
        key=KEY,
        data=data,
        on_weight_change=lambda: choose_weight(KEY, setting),
        on_at_change=lambda: taken.choose(whole(told(KEY, "at"), below=STEPS + 1) or 0),
    )
    return weight


@remembered(8, key=lambda setting, rate, weight: (setting.snapshot, setting.batch, rate, weight))
def _packed(setting: Setting, rate: float, weight: Weight) -> bytes:
    """Return the course and what is needed to pick another weight, as the component takes it."""
    dataset, examples = setting.dataset, cached.examples(setting.batch)
    picker = picker_data(setting, weight)  # before the course, beside which others may ask for slopes of their own
    course = cached.course(setting.snapshot, setting.batch, rate, STEPS, weight)
    label = int(examples.labels[0])
    return packed({
        "id": f"{setting.snapshot.run.id} {setting.snapshot.epoch} {setting.batch} {rate}",
        "image": png.data_uri(examples.images[0]),
        "title": f"{setting.batch.split} image {setting.index:,}: {setting.class_name}",
        "label": label,
        "classes": list(dataset.class_names),
        "shown": largest(softmax(np.nan_to_num(course.logits[0])), label),
        "images": len(examples.labels),
        "rate": rate,
        "rateText": written(rate),
        "parameters": sum(int(np.prod(each.shape)) for each in cached.variables(setting.snapshot) if each.learned),
        "logits": [_numbers(logits) for logits in course.logits],
        "losses": _numbers(course.losses),
        "values": _numbers(course.values),
        "slopes": _numbers(course.slopes),
        "steepness": _numbers(course.steepness),
        "alone": _numbers(course.alone),
        "picker": picker,
    })  # fmt: skip


def _numbers(values: NDArray[Any]) -> list[float | None]:
    return [short(value) for value in values]
