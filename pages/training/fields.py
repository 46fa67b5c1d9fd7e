"""Fields of a recipe that keep what was typed: what makes no sense is answered with a sentence, never dropped."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import streamlit as st

from core.settings import SWITCH, Choice
from core.training.recipe import Recipe
from core.training.settings import RecipeSetting
from pages.shared import lesson, links


@dataclass(frozen=True, kw_only=True)
class Fields:
    """The widgets of one recipe; their values survive page switches and reloads, and can be shared as a link.

    Attributes:
        prefix: of the widgets' keys, "page.recipe".
        complaints: where to say that a link asks for something that is not on offer.
        problems: a sentence for every field that holds nonsense; filled as the fields are drawn.
        beside: whether to say it under the field too, where a field's help stands as well.
        bounds: of settings that have narrower ones here, beside what else is chosen.
    """

    prefix: str
    complaints: Any
    problems: list[str] = field(default_factory=list)
    beside: bool = False
    bounds: Mapping[str, Callable[[Recipe], tuple[float, float]]] = field(default_factory=dict)

    def group(self, group: str, recipe: Recipe, *, narrow: bool = False) -> Recipe:
        """Draw the settings of a group that matter beside what else is chosen; return `recipe` with what they say.

        With `narrow`, each is about as wide as its label.

        Raises:
            TrainingError: that makes no recipe.
        """
        for name, about in RecipeSetting.of(Recipe).items():
            if about.group == group and about.applies(recipe):
                look = {"width": max(72, round(35 + 5.6 * len(about.label)))} if narrow else {}
                recipe = replace(recipe, **{name: self._setting(name, about, recipe, look)})
        return recipe

    def _setting(self, name: str, about: RecipeSetting, recipe: Recipe, look: dict[str, Any]) -> Any:
        usual, help_text = getattr(recipe, name), (about.help or None) if self.beside else None
        values = about.values
        if values is SWITCH:
            return self.switch(about.link, about.label, usual, help=help_text, **look)
        if isinstance(values, Choice):
            value = self.option(about.link, about.label, usual, values.words, help=help_text, **look)
            if remark := about.remarks.get(value):
                lesson.note(remark)
            return value
        low, high = self.bounds[name](recipe) if name in self.bounds else about.offered or (values.low, values.high)
        if about.slider:
            return self.pixels(about.link, about.label, usual, int(high), help=help_text, **look)
        if values.none:
            return self.count(about.link, about.label, usual, int(low), int(high), values.none, help=help_text, **look)
        return self.number(about.link, about.label, usual, low, high, whole=values.whole, help=help_text, **look)

    def number(
        self, name: str, label: str, usual: float, low: float, high: float, *, whole: bool = False, **look: Any
    ) -> Any:
        """Draw a number; return it, or `usual` beside a problem when it is none from `low` to `high`.

        A text field: Streamlit's number field keeps what is out of range to itself, and Python sees the old value.
        """
        value = self._checked(self._text(name, label, _written(usual), look), label, low, high, whole=whole)
        return usual if value is None else value

    def count(
        self, name: str, label: str, usual: int | None, low: int, high: int, none: str, **look: Any
    ) -> int | None:
        """Draw a whole number from `low` to `high`, or the word for no bound; return None for that."""
        text = self._text(name, label, none if usual is None or usual >= high else _written(usual), look)
        if text.strip().lower() == none:
            return None
        value = self._checked(text, label, low, high, whole=True, remedy=f" or “{none}”")
        return None if value is None else int(value)

    def _checked(
        self, text: str, label: str, low: float, high: float, *, whole: bool, remedy: str = ""
    ) -> float | None:
        """Return the number in `text`; None, with a problem noted, when it is none from `low` to `high`."""
        value = _number(text)
        if value is not None and low <= value <= high and not (whole and value != int(value)):
            return int(value) if whole else value
        problem = (
            f"Expected {label[0].lower()}{label[1:]} from {_written(low)} to {_written(high)}. "
            f"Received “{text[:40]}”. Type a {'whole ' if whole else ''}number in that range{remedy}."
        )
        self.problems.append(problem)
        if self.beside:
            st.caption(f":red[{lesson.plain(problem)}]")
        return None

    def option(self, name: str, label: str, usual: str, words: Mapping[str, str], **look: Any) -> Any:
        """Draw a choice among values that are called by their `words` on the screen and in links."""
        key = f"{self.prefix}.{name}"
        with self.complaints:
            links.check_choice(key, list(words.values()))
        return st.selectbox(
            label,
            list(words),
            list(words).index(usual),
            format_func=words.__getitem__,
            key=key,
            bind="query-params",
            **look,
        )

    def switch(self, name: str, label: str, usual: bool, **look: Any) -> bool:
        """Draw a choice between yes and no."""
        key = f"{self.prefix}.{name}"
        with self.complaints:
            links.check_choice(key, ("true", "false"))
        return st.toggle(label, usual, key=key, bind="query-params", **look)

    def pixels(self, name: str, label: str, usual: int, high: int, **look: Any) -> int:
        """Draw a slider from 0 to `high` pixels."""
        key = f"{self.prefix}.{name}"
        with self.complaints:
            links.check_number(key, 0, high)
        return st.slider(label, 0, high, usual, key=key, bind="query-params", **look)

    def _text(self, name: str, label: str, usual: str, look: dict[str, Any]) -> str:
        return st.text_input(label, usual, key=f"{self.prefix}.{name}", bind="query-params", **look)


def _number(text: str) -> float | None:
    """Return the finite number that `text` says, else None.

    >>> _number(" 1e-3 "), _number("1,000"), _number("nan")
    (0.001, None, None)
    """
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _written(value: float) -> str:
    """Return a number as one types it.

    >>> _written(2147483647), _written(0.001), _written(1e-6)
    ('2147483647', '0.001', '1e-06')
    """
    return str(value) if isinstance(value, int) else f"{value:g}"
