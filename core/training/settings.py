"""What a setting of a recipe is: said once, for the check, the page that asks for it, comparisons, titles and links."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from core.settings import SWITCH, Choice, Number, Setting, described

Kinds = Sequence[str]
"""The kinds of a network's layers, in order."""


def having(kind: str, least: int = 1) -> Callable[[Kinds], bool]:
    """Return what tells of a network whether it has at least so many layers of a kind."""
    return lambda kinds: kinds.count(kind) >= least


def beginning_with(kind: str) -> Callable[[Kinds], bool]:
    """Return what tells of a network whether its first layer is of a kind."""
    return lambda kinds: list(kinds[:1]) == [kind]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of the table in which runs are compared; settings that belong together share one.

    Attributes:
        name: of the row.
        otherwise: what stands there when none of its settings says anything.
    """

    name: str
    otherwise: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipeSetting(Setting):
    """What a recipe says of one of its fields.

    Attributes:
        link: its name in the address.
        group: the settings it is shown among; see `core.training.recipe`.
        help: what it does, with its source.
        only_with: name and value of another setting without which it has no effect, and is not asked for; True for any
            value but 0 and False.
        only_for: tells of a network whether it has what this sets; where not, it has no effect and is not asked for.
        starts: whether the initial weights depend on it.
        offered: smallest and largest of what visitors may choose, where that is less.
        slider: whether it is chosen with a slider.
        remarks: a sentence to show while a value is chosen.
        row: where runs are compared by it; None where that is shown otherwise.
        says: what stands there: a function of the value, or text with braces for it; a choice says its words.
        compared: what it says in their place.
        silent: the value of which a comparison says nothing.
        titled: how it is said in a run's title, likewise; where empty, among "other settings".
    """

    link: str
    group: str
    help: str = ""
    only_with: tuple[str, object] | None = None
    only_for: Callable[[Kinds], bool] = lambda kinds: True
    starts: bool = False
    offered: tuple[float, float] | None = None
    slider: bool = False
    remarks: Mapping[str, str] = field(default_factory=dict)
    row: Row | None = None
    says: str | Callable[[Any], str] = "{:g}"
    compared: Mapping[str, str] = field(default_factory=dict)
    silent: object = None
    titled: str | Callable[[Any], str] = ""

    def applies(self, recipe: Any, kinds: Kinds) -> bool:
        """Return whether it has an effect beside what else is chosen, on a network with these kinds of layers."""
        if not self.only_for(kinds):
            return False
        if self.only_with is None:
            return True
        name, wanted = self.only_with
        value = getattr(recipe, name)
        fits = bool(value) if wanted is True else value == wanted
        return fits and RecipeSetting.of(type(recipe))[name].applies(recipe, kinds)

    def told(self, value: Any) -> str:
        """Return what stands in a comparison; empty for nothing."""
        if value is None or value is False or value == self.silent:
            return ""
        if isinstance(self.values, Choice) and self.values is not SWITCH:
            return self.compared.get(value, self.values.words[value])
        return _said(self.says, value)

    def in_title(self, value: Any) -> str:
        """Return what stands in a run's title."""
        return _said(self.titled, value)


def _said(says: str | Callable[[Any], str], value: Any) -> str:
    return says.format(value) if isinstance(says, str) else says(value)


def setting(usual: Any, values: Number | Choice, **about: Any) -> Any:
    """Return a dataclass field with a usual value and what is said of it; `about` as in `RecipeSetting`."""
    return field(default=usual, metadata=described(RecipeSetting(values=values, **about)))


def compared(recipe: Any, kinds: Kinds) -> dict[str, str]:
    """Return the rows in which recipes are compared: what each row's settings say, separated by commas.

    Args:
        recipe: whose settings they are.
        kinds: of the layers it trains; a row says nothing, "", where none of its settings has an effect on these.
    """
    rows: dict[Row, list[str]] = {}
    for name, about in RecipeSetting.of(type(recipe)).items():
        if about.row is not None:
            said = rows.setdefault(about.row, [])
            if about.applies(recipe, kinds):
                said.append(about.told(getattr(recipe, name)))
    return {row.name: ", ".join(filter(None, said)) or (row.otherwise if said else "") for row, said in rows.items()}
