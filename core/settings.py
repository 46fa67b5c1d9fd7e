"""Settings: what a field of a dataclass may be, said in its metadata and nowhere else.

    filters: int = field(default=32, metadata=described(Setting(label="filters", values=Number(1, 512))))

Layers and recipes say more of theirs, each in a class of its own. Checks and their sentences, links, widgets and
comparisons follow from what is said.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from typing import Any, Self

Metadata = Mapping[str, Any]
_SETTING = "setting"


@dataclass(frozen=True, slots=True)
class Number:
    """A number within bounds; a whole one where both of them are.

    Attributes:
        low, high: the smallest and the largest value.
        none: what None stands for, a word or the name of another field; "": None is not allowed.
        advice: ends the sentence that refuses a value.
    """

    low: float
    high: float
    none: str = ""
    advice: str = "Choose a value in that range."

    @property
    def whole(self) -> bool:
        """Whether it is a whole number."""
        return isinstance(self.low, int) and isinstance(self.high, int)

    def problem(self, subject: str, value: Any) -> str:
        """Return what is wrong with a value of `subject`, in three sentences; "" where nothing is."""
        fits = isinstance(value, int if self.whole else int | float) and not isinstance(value, bool)
        if (value is None and self.none) or (fits and self.low <= value <= self.high):
            return ""
        received = f"{value:,}" if fits else repr(value)
        asked = "to be a whole number from" if self.whole else "from"
        low, high = (f"{bound:,}" if isinstance(bound, int) else f"{bound:g}" for bound in (self.low, self.high))
        return f"Expected {subject} {asked} {low} to {high}. Received {received}. {self.advice}"


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few values.

    Attributes:
        words: each value, and what it is called on the screen.
    """

    words: Mapping[Any, str]

    def problem(self, subject: str, value: object) -> str:
        """See `Number.problem`."""
        if any(type(value) is type(each) and value == each for each in self.words):
            return ""
        allowed = ", ".join(map(str, self.words))
        return f"Expected {subject} to be one of {allowed}. Received {value!r}. Choose one of them."


SWITCH = Choice({True: "yes", False: "no"})
"""Whether something is done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What every setting says of its field.

    Attributes:
        label: its name beside a widget and in sentences, for example "kernel size".
        values: what it may be.
    """

    label: str
    values: Number | Choice

    @classmethod
    def of(cls, kind: type) -> Mapping[str, Self]:
        """Return the settings of a dataclass by the names of their fields, in order."""
        return _settings(kind)


def described(setting: Setting) -> Metadata:
    """Return the metadata of the field of a setting."""
    return {_SETTING: setting}


def defaults(kind: type) -> Mapping[str, Any]:
    """Return the default of every field of a dataclass; `MISSING` where it has none."""
    return {each.name: each.default for each in fields(kind)}


@cache
def _settings(kind: type) -> dict[str, Any]:
    return {each.name: each.metadata[_SETTING] for each in fields(kind) if _SETTING in each.metadata}
