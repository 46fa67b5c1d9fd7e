"""What each setting of training does, one at a time: curves that come with Convscope, the mean of three seeds."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.bounded import remembered
from core.charts.bars import percent
from core.charts.curves import bundle
from core.charts.numbers import finite
from core.training.studies import variations
from core.training.studies.variations import FILE, USUAL, USUAL_VALUES
from pages.shared.choices import OneOf
from pages.shared.component import component, packed

KEY = "learning.settings"
MEASURES = {"val_accuracy": "on 2,000 images held out", "accuracy": "on the 8,000 it learns from, running average"}

_component = component(__file__)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Curve:
    """One value of a setting.

    Attributes:
        value: in words.
        usual: whether it is the one that all others are compared with.
        x: epochs (e,).
        mean, spread: by measure, (e,) each; the spread is the sample standard deviation between seeds.
        seeds: how many.
    """

    value: str
    usual: bool
    x: NDArray[np.float64]
    mean: dict[str, NDArray[np.float64]]
    spread: dict[str, NDArray[np.float64]]
    seeds: int


def settings() -> str:
    """Draw the choice of a setting, and the curves of its values; return the setting."""
    which = OneOf("learning.setting", tuple(USUAL_VALUES))
    setting: str = which.select("Setting", width=260)
    _component(key=KEY, data=_packed(setting))
    return setting


@remembered(2)
def curves(setting: str) -> tuple[Curve, ...]:
    """Return the curves of a setting's values, the usual one first."""
    usual = _curve(USUAL, "", USUAL_VALUES[setting])
    values = dict.fromkeys(row["value"] for row in _rows() if row["setting"] == setting)
    return usual, *(_curve(setting, value, value) for value in values)


@remembered(2)
def _rows() -> list[dict[str, str]]:
    return variations.read(FILE)


def _curve(setting: str, value: str, words: str) -> Curve:
    rows = [row for row in _rows() if (row["setting"], row["value"]) == (setting, value)]
    seeds = sorted({row["seed"] for row in rows})
    bundles = {
        measure: bundle([_points([row for row in rows if row["seed"] == seed], measure) for seed in seeds])
        for measure in MEASURES
    }
    return Curve(
        value=words,
        usual=setting == USUAL,
        x=bundles["val_accuracy"].x,
        mean={measure: each.mean for measure, each in bundles.items()},
        spread={measure: each.spread for measure, each in bundles.items()},
        seeds=len(seeds),
    )


def _points(rows: list[dict[str, str]], measure: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    return np.array([row["epoch"] for row in rows], float), np.array([row[measure] or "nan" for row in rows], float)


def outcome(setting: str) -> str:
    """Say where the values of a setting end, and whether that is more than chance between seeds."""
    usual, *others = curves(setting)
    ends = [(each.mean["val_accuracy"][-1], each.spread["val_accuracy"][-1]) for each in (usual, *others)]
    told = [
        f"{each.value}{' (usual)' if each.usual else ''}: {percent(mean)} ± {100 * spread:.1f}"
        for each, (mean, spread) in zip((usual, *others), ends, strict=True)
    ]
    apart = max(abs(mean - ends[0][0]) for mean, _ in ends[1:])
    noise = max(spread for _, spread in ends)
    verdict = "more than chance between seeds" if apart > 2 * noise else "hardly more than chance between seeds"
    return f"{setting.capitalize()}, and what it gets right after eight passes. {'; '.join(told)}. That is {verdict}."


@remembered(1)
def _packed(setting: str) -> bytes:
    return packed({"setting": setting, "measures": MEASURES, "curves": [_as_json(each) for each in curves(setting)]})


def _as_json(curve: Curve) -> dict[str, Any]:
    return {
        "value": curve.value,
        "usual": curve.usual,
        "x": curve.x.tolist(),
        "mean": {name: finite(values.round(5)) for name, values in curve.mean.items()},
        "spread": {name: finite(values.round(5)) for name, values in curve.spread.items()},
        "seeds": curve.seeds,
    }
