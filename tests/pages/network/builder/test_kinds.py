"""What the browser is told about kinds of layers: it knows none by itself."""

import json

import pytest

from core.errors import ArchitectureError
from core.model.layers import KINDS, layer_from_json
from core.model.layers.residual import CHANNELS
from core.model.structure.architecture import Architecture
from pages.network.builder.kinds import kinds, presets

ALL = json.loads(json.dumps(kinds()))


def test_every_kind_is_offered_and_its_fresh_layer_is_one() -> None:
    assert set(ALL) == set(KINDS)
    assert next(iter(ALL)) == "Conv2D"
    for name, kind in ALL.items():
        fresh = json.loads(json.dumps(kind["fresh"]).replace(f'"{CHANNELS}"', "8"))
        assert layer_from_json(fresh).kind == name
        assert {field["name"] for field in kind["fields"]} <= set(fresh)


def test_bounds_and_options_are_those_that_python_checks() -> None:
    for kind in ALL.values():
        for field in kind["fields"]:
            allowed = [value for value, _ in field["options"]] if "options" in field else [field["low"], field["high"]]
            for value in allowed:
                layer_from_json(kind["fresh"] | {field["name"]: value})
            if "options" not in field:
                for value in (field["low"] - field["step"], field["high"] + field["step"]):
                    with pytest.raises(ArchitectureError):
                        layer_from_json(kind["fresh"] | {field["name"]: value})


def test_what_is_folded_away_comes_last() -> None:
    assert [field["name"] for field in ALL["Conv2D"]["fields"]] == [
        "filters",
        "kernel_size",
        "padding",
        "activation",
        "strides",
        "use_bias",
    ]
    assert [field.get("usual", "shown") for field in ALL["Conv2D"]["fields"]] == ["shown"] * 4 + [1, True]


def test_presets_can_be_built() -> None:
    for preset in presets().values():
        assert Architecture.from_json(preset).trace().error is None


def test_what_everybody_gets_is_small() -> None:
    assert len(json.dumps(kinds(), separators=(",", ":"))) < 6_000
