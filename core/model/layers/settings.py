"""The settings of layers: what may be chosen, and how it is shown, written into links and handed to Keras.

A setting describes one field of a layer's dataclass and is its metadata:

    filters: int = field(metadata=whole("filters", 1, 512, after="filters", fresh=32, bare=True))

Nothing about the field is said anywhere else: `Layer` checks values, writes links and calls Keras by it, the builder
draws it by it.
"""

import re
from collections.abc import Mapping
from dataclasses import Field, dataclass, fields
from typing import Any, NamedTuple

from core.errors import ArchitectureError

Metadata = Mapping[str, Any]
_SETTING = "setting"

UNSAID: Any = object()
"""Stands for a value that a setting does not have; None is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What every setting says of its field.

    Attributes:
        label: its name in sentences and for screen readers, for example "kernel size".
        bare: whether it stands in code without its name, before the named ones, as in `Conv2D(32, 3)`.
        assumed: what Keras assumes where nothing is said, so that nothing is said; `UNSAID`: always say it.
        folds: whether the builder folds it away while it has the value that Keras assumes.
        fresh: what a new layer in the builder begins with; `UNSAID`: the field's default.
    """

    label: str
    bare: bool = False
    assumed: Any = UNSAID
    folds: bool = False
    fresh: Any = UNSAID

    def check(self, kind: str, value: object) -> None:
        """Raise an `ArchitectureError` unless a layer of this kind may have `value`."""
        raise NotImplementedError

    def pattern(self, *, optional: bool) -> str:
        """Return the regular expression of its part of a link, with one group."""
        raise NotImplementedError

    def write(self, value: Any, default: Any) -> str:
        """Return `value` as its part of a link; "" may stand for the default."""
        raise NotImplementedError

    def read(self, text: str) -> Any:
        """Return the value of what the group of its pattern holds."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True, kw_only=True)
class Number(Setting):
    """A number within bounds.

    Attributes:
        low, high: the smallest and the largest value.
        step: 1 for whole numbers.
        advice: ends the sentence that refuses a value.
        letter: begins its part of a link; such a part is left out at the default.
        spelled: whether a part without a letter is written at the default, too.
        before, after: words around it in the builder.
        square: whether the builder shows it twice, as in "3 × 3".
        follows: name of the field whose value stands for None; "": None is not allowed.
    """

    low: float
    high: float
    step: float = 1
    advice: str = "Choose a value in that range."
    letter: str = ""
    spelled: bool = False
    before: str = ""
    after: str = ""
    square: bool = False
    follows: str = ""

    def check(self, kind: str, value: object) -> None:
        if value is None and self.follows:
            return
        whole = self.step == 1
        fits = isinstance(value, int if whole else int | float) and not isinstance(value, bool)
        if fits and self.low <= value <= self.high:  # type: ignore[operator]
            return
        received = f"{value:,}" if fits else repr(value)
        asked = "to be a whole number from" if whole else "from"
        raise ArchitectureError(
            f"Expected the {self.label} of {kind} {asked} {self.low:,} to {self.high:,}. Received {received}. "
            f"{self.advice}"
        )

    def pattern(self, *, optional: bool) -> str:
        digits = r"\d{1,5}" if self.step == 1 else r"\d{1,6}(?:\.\d{0,6})?|\.\d{1,6}"
        return f"(?:{self.letter}({digits}))" + ("?" if optional else "")

    def write(self, value: Any, default: Any) -> str:
        if value == default and not self.spelled:
            return ""
        return self.letter + (str(value) if self.step == 1 else f"{value:.6f}".rstrip("0").rstrip("."))

    def read(self, text: str) -> Any:
        return int(text) if self.step == 1 else float(text)


class Option(NamedTuple):
    """A value that may be chosen, the words it is shown with, and its letters in a link ("": the usual one)."""

    value: str | bool
    words: str
    letters: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice(Setting):
    """One of a few values."""

    options: tuple[Option, ...]

    def check(self, kind: str, value: object) -> None:
        if not any(type(value) is type(option.value) and value == option.value for option in self.options):
            allowed = ", ".join(str(option.value) for option in self.options)
            raise ArchitectureError(
                f"Expected the {self.label} of {kind} to be one of {allowed}. Received {value!r}. Choose one of them."
            )

    def pattern(self, *, optional: bool) -> str:
        return "(" + "|".join(re.escape(option.letters) for option in sorted(self.options, key=_letters_last)) + ")"

    def write(self, value: Any, default: Any) -> str:
        return next(option.letters for option in self.options if option.value == value)

    def read(self, text: str) -> Any:
        return next(option.value for option in self.options if option.letters == text)


def _letters_last(option: Option) -> int:
    return -len(option.letters)


def whole(label: str, low: int, high: int, **more: Any) -> Metadata:
    """Return the metadata of a whole number from `low` to `high`; `more` as in `Number`."""
    return {_SETTING: Number(label=label, low=low, high=high, **more)}


def decimal(label: str, low: float, high: float, *, step: float, advice: str, **more: Any) -> Metadata:
    """Return the metadata of a number from `low` to `high`; `more` as in `Number`."""
    return {_SETTING: Number(label=label, low=low, high=high, step=step, advice=advice, **more)}


def choice(label: str, *options: Option, **more: Any) -> Metadata:
    """Return the metadata of a choice; `more` as in `Setting`."""
    return {_SETTING: Choice(label=label, options=options, **more)}


def padding(**more: Any) -> Metadata:
    """Return the metadata of a window's padding."""
    return choice("padding", Option("valid", "valid"), Option("same", "same", "p"), assumed="valid", **more)


BIAS = choice("bias", Option(True, "bias"), Option(False, "no bias", "b"), assumed=True, folds=True)
"""Whether a layer adds a learned number to every output."""


_found: dict[type, tuple[tuple[Field, Setting], ...]] = {}


def settings_of(kind: type) -> tuple[tuple[Field, Setting], ...]:
    """Return the fields of a layer's class that are settings, in order."""
    if kind not in _found:
        _found[kind] = tuple((each, each.metadata[_SETTING]) for each in fields(kind) if _SETTING in each.metadata)
    return _found[kind]
