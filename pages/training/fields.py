"""Fields of a recipe that keep what was typed: what makes no sense is answered with a sentence, never dropped."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

import streamlit as st

from core import addressed
from core.settings import SWITCH, Choice, Number
from core.training.recipe import Recipe
from core.training.settings import RecipeSetting
from pages.shared import lesson
from pages.shared.choices import Coded, OneOf, Whole, yes_or_no


@dataclass(frozen=True, kw_only=True)
class Fields:
    """The choices of one recipe's settings.

    Attributes:
        prefix: of their names, "page.recipe".
        kinds: of the layers of the network that it is to train.
        problems: a sentence for every field that holds nonsense; filled as the fields are drawn.
        beside: whether to say it under the field too, where a field's help stands as well.
        bounds: of settings that have narrower ones here, beside what else is chosen.
    """

    prefix: str
    kinds: Sequence[str]
    problems: list[str] = field(default_factory=list)
    beside: bool = False
    bounds: Mapping[str, Callable[[Recipe], tuple[float, float]]] = field(default_factory=dict)

    def group(self, group: str, recipe: Recipe, *, narrow: bool = False) -> Recipe:
        """Draw the settings of a group that have an effect beside what else is chosen; return `recipe` with them.

        With `narrow`, each is about as wide as its label.

        Raises:
            TrainingError: that makes no recipe.
        """
        for name, about in RecipeSetting.of(Recipe).items():
            if about.group == group and about.applies(recipe, self.kinds):
                look = {"width": max(72, round(35 + 5.6 * len(about.label)))} if narrow else {}
                recipe = replace(recipe, **{name: self._setting(name, about, recipe, look)})
        return recipe

    def _setting(self, name: str, about: RecipeSetting, recipe: Recipe, look: dict[str, Any]) -> Any:
        usual, key, values = getattr(recipe, name), f"{self.prefix}.{about.link}", about.values
        if self.beside:
            look = {**look, "help": about.help or None}
        if values is SWITCH:
            return yes_or_no(key, usual=usual).switch(about.label, **look)
        if isinstance(values, Choice):
            options = OneOf(key, tuple(values.words), words=values.words.__getitem__, usual=usual)
            value = options.select(about.label, **look)
            if remark := about.remarks.get(value):
                lesson.note(remark)
            return value
        low, high = self.bounds[name](recipe) if name in self.bounds else about.offered or (values.low, values.high)
        if about.slider:
            return Whole(key, 0, int(high), usual=usual).slider(about.label, **look)
        number = int if values.whole else float
        limits = replace(values, low=number(low), high=number(high))
        if values.none and usual is not None and usual >= high:
            usual = None
        return self.number(about.link, about.label, limits, usual, **look)

    def number(self, link: str, label: str, limits: Number, usual: float | None, **look: Any) -> Any:
        """Draw a number; return it, or `usual` beside a problem when it is none within the limits.

        A text field: Streamlit's number field keeps what is out of range to itself, and Python sees the old value.
        """

        def checked(text: str) -> str:
            _read(label, limits, text)
            return text

        usually = limits.none if usual is None else _written(usual)
        text = Coded(f"{self.prefix}.{link}", checked, usual=usually).field(label, **look)
        try:
            return _read(label, limits, text)
        except ValueError as error:
            kind, otherwise = "whole " if limits.whole else "", f" or “{limits.none}”" if limits.none else ""
            problem = f"{error} Received “{text[:40]}”. Type a {kind}number in that range{otherwise}."
            self.problems.append(problem)
            if self.beside:
                st.caption(f":red[{lesson.plain(problem)}]")
            return usual


def _read(label: str, limits: Number, text: str) -> float | None:
    """Return the number that a text says, or None for the word for None.

    Raises:
        ValueError: it says neither, or none within the limits.
    """
    if limits.none and text.strip().lower() == limits.none:
        return None
    with suppress(ValueError):
        value = addressed.number(text.strip())
        if limits.low <= value <= limits.high and (not limits.whole or value.is_integer()):
            return int(value) if limits.whole else value
    low, high = _written(limits.low), _written(limits.high)
    raise ValueError(f"Expected {label[0].lower()}{label[1:]} from {low} to {high}.")


def _written(value: float) -> str:
    """Return a number as one types it.

    >>> _written(2147483647), _written(0.001), _written(1e-6)
    ('2147483647', '0.001', '1e-06')
    """
    return str(value) if isinstance(value, int) else f"{value:g}"
