"""The settings of layers: how they are shown, written into links and handed to Keras.

    filters: int = field(metadata=whole("filters", 1, 512, after="filters", fresh=32, bare=True))

Nothing about the field is said anywhere else: `Layer` checks values, writes links and calls Keras by it, the builder
draws it by it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core.settings import Choice, Metadata, Number, Setting, described

UNSAID: Any = object()
"""Stands for a value that a setting does not have; None is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerSetting(Setting):
    """What a layer says of one of its fields.

    Attributes:
        bare: whether it stands in code without its name, before the named ones, as in `Conv2D(32, 3)`.
        assumed: what Keras assumes where nothing is said, so that nothing is said; `UNSAID`: always say it.
        folds: whether the builder folds it away while it has the value that Keras assumes.
        fresh: what a new layer in the builder begins with; `UNSAID`: the field's default.
        letters: of a choice, each value's in a link; one that is not there is the usual one, and has none.
        letter: begins a number's part of a link; such a part is left out at the default.
        spelled: whether a part without a letter is written at the default, too.
        step: of the builder's field for a number.
        before, after: words around it in the builder.
        square: whether the builder shows it twice, as in "3 × 3".
    """

    bare: bool = False
    assumed: Any = UNSAID
    folds: bool = False
    fresh: Any = UNSAID
    letters: Mapping[Any, str] = field(default_factory=dict)
    letter: str = ""
    spelled: bool = False
    step: float = 1
    before: str = ""
    after: str = ""
    square: bool = False

    def pattern(self, *, optional: bool) -> str:
        """Return the regular expression of its part of a link, with one group."""
        if isinstance(self.values, Choice):
            letters = sorted((self.letters.get(value, "") for value in self.values.words), key=len, reverse=True)
            return f"({'|'.join(map(re.escape, letters))})"
        digits = "[0-9]{1,5}" if self.values.whole else r"[0-9]{1,6}(?:\.[0-9]{0,6})?|\.[0-9]{1,6}"
        return f"(?:{self.letter}({digits}))" + ("?" if optional else "")

    def write(self, value: Any, default: Any) -> str:
        """Return `value` as its part of a link; "" may stand for the default."""
        if isinstance(self.values, Choice):
            return self.letters.get(value, "")
        if value == default and not self.spelled:
            return ""
        return self.letter + (str(value) if self.values.whole else f"{value:.6f}".rstrip("0").rstrip("."))

    def read(self, text: str) -> Any:
        """Return the value of what the group of its pattern holds."""
        if isinstance(self.values, Choice):
            return next(value for value in self.values.words if self.letters.get(value, "") == text)
        return int(text) if self.values.whole else float(text)


def whole(label: str, low: int, high: int, *, follows: str = "", **more: Any) -> Metadata:
    """Return the metadata of a whole number from `low` to `high`; None, where allowed, follows another field."""
    return described(LayerSetting(label=label, values=Number(low, high, none=follows), **more))


def decimal(label: str, low: float, high: float, *, advice: str, **more: Any) -> Metadata:
    """Return the metadata of a number from `low` to `high`."""
    return described(LayerSetting(label=label, values=Number(low, high, advice=advice), **more))


def choice(label: str, words: Mapping[Any, str], **more: Any) -> Metadata:
    """Return the metadata of a choice."""
    return described(LayerSetting(label=label, values=Choice(words), **more))


def padding(**more: Any) -> Metadata:
    """Return the metadata of a window's padding."""
    return choice("padding", {"valid": "valid", "same": "same"}, letters={"same": "p"}, assumed="valid", **more)


BIAS = choice("bias", {True: "bias", False: "no bias"}, letters={False: "b"}, assumed=True, folds=True)
"""Whether a layer adds a learned number to every output."""
