"""What the builder offers: the kinds of layers with their settings, and networks to start from."""

from typing import Any

from core.model.layers import offered
from core.model.layers.settings import LayerSetting
from core.model.structure.architecture import Architecture
from core.settings import Choice

PRESETS = {
    "Tutorial": Architecture.tutorial(),
    "Fast": Architecture.tutorial(input_scaling="standard"),
    "Residual": Architecture.from_text(
        "s-c16p-(c16pb-n-r-c16plb-n)-r-c32s2p-(c32pb-n-r-c32plb-n)-r-c64s2p-(c64pb-n-r-c64plb-n)-r-ga-d10l"
    ),
    "Strong": Architecture.strong(),
}


def presets() -> dict[str, Any]:
    """Return the networks to start from, by name, as JSON types."""
    return {name: architecture.to_json() for name, architecture in PRESETS.items()}


def kinds() -> dict[str, Any]:
    """Return all kinds of layers as JSON types, in the order of the menu.

    Each has a `title`, a `note` in place of settings, its `fields`, whether it `nests` within a residual block, and a
    `fresh` layer, in which "channels" stands for what flows in. Fields that are folded away come last, with the value
    at which they are.
    """
    return {
        kind.__name__: {
            "title": kind.title or kind.__name__,
            "note": kind.note,
            "nests": kind.nests,
            "fields": [
                {"name": name, **_setting(setting)}
                for name, setting in sorted(LayerSetting.of(kind).items(), key=lambda each: each[1].folds)
            ],
            "fresh": kind.fresh(),
        }
        for kind in offered()
    }


def _setting(setting: LayerSetting) -> dict[str, Any]:
    shown: dict[str, Any] = {"label": setting.label}
    if setting.folds:
        shown["usual"] = setting.assumed
    if isinstance(setting.values, Choice):
        return shown | {"options": list(setting.values.words.items())}
    shown |= {"low": setting.values.low, "high": setting.values.high, "step": setting.step}
    shown |= {"before": setting.before, "after": "×" if setting.square else setting.after}
    return shown | {"square": setting.square, "follows": setting.values.none}
