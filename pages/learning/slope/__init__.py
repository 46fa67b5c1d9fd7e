"""The loss as a curve over one weight: measured once, walked down in the browser at any rate."""

from core import cached
from core.bounded import remembered
from core.model.structure.weights import Weight
from pages.learning.setting import Setting, choose_weight, weight_choice, written
from pages.learning.weight import picker_data, short
from pages.shared.choices import Whole
from pages.shared.component import component, packed
from pages.shared.told import told, whole

KEY = "learning.slope"
SAMPLES = 97
"""Places at which the curve is measured."""

PACES = 100
"""Where the rate's slider ends."""

_component = component(__file__)


def slope(setting: Setting) -> Weight:
    """Draw the section through the landscape along the chosen weight; return that weight. Raises as `step` does."""
    pace = Whole("learning.pace", 0, PACES, usual=40)
    weight: Weight = weight_choice(setting).value()
    data = packed({"pace": pace.value()}, beside=_packed(setting, weight))
    _component(
        key=KEY,
        data=data,
        on_weight_change=lambda: choose_weight(KEY, setting),
        on_pace_change=lambda: pace.choose(whole(told(KEY, "pace"), below=PACES + 1)),
    )
    return weight


@remembered(4, key=lambda setting, weight: (setting.snapshot, setting.batch, weight))
def _packed(setting: Setting, weight: Weight) -> bytes:
    """Return the measured curve and what is needed to pick another weight, as the component takes them."""
    picker = picker_data(setting, weight)  # before the section, as in `step`
    found = cached.section(setting.snapshot, setting.batch, weight, SAMPLES)
    return packed({
        "id": f"{setting.snapshot.run.id} {setting.snapshot.epoch} {setting.batch} {weight}",
        "images": min(setting.batch.count, len(setting.dataset.split(setting.batch.split))),
        "low": float(found.values[0]),
        "high": float(found.values[-1]),
        "losses": [short(loss) for loss in found.losses],
        "value": short(found.value),
        "loss": short(found.loss),
        "slope": short(found.slope),
        "differences": [[written(distance), short(slope)] for distance, slope in found.differences],
        "picker": picker,
    })  # fmt: skip
