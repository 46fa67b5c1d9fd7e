"""A visitor's choices: read from the address, drawn, remembered across pages, written back; one rule for all of them.

The address counts when a page is opened: by a link, by the navigation, by Back or Forward. In every other run of the
script the session knows better, for a quick second choice still comes with the address of the first. Back and Forward
show a page as it was: what their address does not name is the usual choice.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import KW_ONLY, dataclass, field
from typing import Any, Literal

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from pages.shared.lesson import plain

Named = Literal["unless usual", "once chosen", "always"]

_MOST_SHOWN = 12


@dataclass(slots=True, kw_only=True)
class _Address:
    """What the session knows of the address of the page that is open.

    Attributes:
        page: its name; None before the first.
        asked: what the address asked for when the page was opened, as far as no choice has looked at it yet.
        whole: whether the address says everything, as Back's does: what it does not name is the usual choice.
        looked: names of the choices that have looked at it, each with its value while nobody chose, else None.
        written: what it should say.
    """

    page: str | None = None
    asked: dict[str, str] = field(default_factory=dict)
    whole: bool = False
    looked: dict[str, Any] = field(default_factory=dict)
    written: dict[str, str] = field(default_factory=dict)


def begin(page: str) -> None:
    """Look whether this run of the script opens a page; call it once, before the first choice.

    Args:
        page: name of the page that is drawn.
    """
    context = get_script_run_ctx()
    back = context is not None and context.is_history_navigation
    if back or page != _address().page:
        st.session_state["choices.address"] = _Address(page=page, asked=st.query_params.to_dict(), whole=back)


def follow(**asked: str) -> None:
    """Choose by names in the address, as a link does, from the next run of the script on: for callbacks."""
    _address().asked.update(asked)


def asked(name: str) -> str | None:
    """Return what a link asks for under a name that no choice has looked at yet."""
    return _address().asked.get(name)


def _address() -> _Address:
    address: _Address = st.session_state.setdefault("choices.address", _Address())
    return address


def _remembered() -> dict[str, Any]:
    remembered: dict[str, Any] = st.session_state.setdefault("choices.remembered", {})
    return remembered


@dataclass(frozen=True, slots=True)
class Choice(ABC):
    """One choice. The kinds below say what may be chosen, and draw its widgets.

    Attributes:
        key: of its widget, "page.name".
        name: in the address; the key where it has none of its own.
        usual: what is chosen where nobody chose.
        named: when it is remembered and stands in the address. What other pages mean too is named even where it happens
            to be the usual choice of one of them.
        nonsense: answers a link that asks for what there is not.
    """

    key: str
    _: KW_ONLY
    name: str = ""
    usual: Any = None
    named: Named = "unless usual"
    nonsense: Callable[[str], str] | None = None

    @abstractmethod
    def read(self, text: str) -> Any:
        """Return the value that a text in the address stands for.

        Raises:
            ValueError: it stands for none.
        """

    @abstractmethod
    def write(self, value: Any) -> str:
        """Return the text that `read` reads."""

    @abstractmethod
    def fit(self, value: Any) -> Any:
        """Return a remembered value, or the nearest that is still on offer."""

    @abstractmethod
    def expected(self) -> str:
        """Say what there is."""

    def value(self) -> Any:
        """Return what is chosen: by the address, else by the visitor, else the usual; and write it into the address."""
        address, remembered = _address(), _remembered()
        found, name = remembered.get(self.key, self.usual), self.name or self.key
        if name in address.asked:
            found = self._answer(address.asked.pop(name), found)
        elif address.whole and name not in address.looked:
            remembered.pop(self.key, None)
            found = self.usual
        elif name in address.looked or self.named == "always":
            stands = st.session_state.get(self.key, found)
            found = stands if self.chosen or stands != address.looked.get(name) else self.usual
        found = self.fit(found)
        once = self.named == "once chosen" and self.key in remembered
        self._keep(found, chosen=found != self.fit(self.usual) or once or self.named == "always")
        return found

    def choose(self, value: Any) -> None:
        """Choose in place of the visitor, before the widget is drawn."""
        self._keep(self.fit(value), chosen=True)

    @property
    def chosen(self) -> bool:
        """Whether the visitor chose, or a link."""
        return self.key in _remembered()

    def _answer(self, text: str, found: Any) -> Any:
        try:
            return self.read(text)
        except ValueError:
            said = self.nonsense(text) if self.nonsense else self._nonsense(text)
            if said:
                st.warning(said)
            return found

    def _nonsense(self, text: str) -> str:
        name = (self.name or self.key).split(".")[-1].replace("_", " ")
        asked = f"This link asks for {name} “{plain(text[:40])}”." if text else ""
        return f"{asked} {self.expected()} The usual choice is shown instead." if text else ""

    def _keep(self, value: Any, *, chosen: bool) -> None:
        name = self.name or self.key
        another_page = name not in _address().looked  # whose widget had a value of its own under the same key
        if another_page or self.key not in st.session_state or st.session_state[self.key] != value:
            st.session_state[self.key] = value
        _address().looked[name] = None if chosen else value
        if chosen:
            _remembered()[self.key] = value
        else:
            _remembered().pop(self.key, None)
        _write(name, self.write(value) if chosen else None)


def _write(name: str, text: str | None) -> None:
    """Let the address say `text` under `name`; and again what it should say besides, as it may be an older one."""
    written = _address().written
    if text is None:
        written.pop(name, None)
        if name in st.query_params:
            del st.query_params[name]
    else:
        written[name] = text
    other = {each: said for each, said in written.items() if st.query_params.get(each) != said}
    if other:
        st.query_params.update(other)


@dataclass(frozen=True, slots=True)
class OneOf(Choice):
    """One of several.

    Attributes:
        options: all that there is; the first is the usual one where no other is named.
        words: what an option reads like, on the screen and in the address.
        optional: whether none of them, None, may be chosen too.
        texts: what an option reads like in the address alone, where that is something else.
    """

    options: Sequence[Any]
    _: KW_ONLY
    words: Callable[[Any], str] = str
    optional: bool = False
    texts: Callable[[Any], str] | None = None

    def read(self, text: str) -> Any:
        """See `Choice`."""
        for option in self.options:
            if self._text(option) == text:
                return option
        if self.optional and not text:
            return None
        raise ValueError(text)

    def write(self, value: Any) -> str:
        """See `Choice`."""
        return "" if value is None else self._text(value)

    def _text(self, option: Any) -> str:
        return (self.texts or self.words)(option)

    def fit(self, value: Any) -> Any:
        """See `Choice`."""
        if value is None and self.optional:
            return None
        return next((each for each in (value, self.usual) if each in self.options), self.options[0])

    def expected(self) -> str:
        """See `Choice`."""
        return f"There is: {', '.join(self.words(option) for option in self.options[:_MOST_SHOWN])}."

    def select(self, label: str, *, among: Sequence[Any] = (), **look: Any) -> Any:
        """Draw the choice as a list to unfold, of some of the options where they are too many; return the option."""
        chosen = self.value()
        st.selectbox(label, among or self.options, key=self.key, **{"format_func": self.words, **look})
        return chosen

    def segments(self, label: str, **look: Any) -> Any:
        """Draw the choice as buttons side by side; return the option."""
        chosen = self.value()
        required = not self.optional
        st.segmented_control(
            label,
            self.options,
            format_func=self.words,
            required=required,
            key=self.key,
            persist_state="session",
            **look,
        )
        return chosen

    def slider(self, label: str, **look: Any) -> Any:
        """Draw the choice as a slider; return the option."""
        chosen = self.value()
        st.select_slider(label, self.options, format_func=self.words, key=self.key, **look)
        return chosen


@dataclass(frozen=True, slots=True)
class Whole(Choice):
    """A whole number.

    Attributes:
        low, high: the smallest and the largest.
        usual: None where no number at all is the usual choice.
    """

    low: int
    high: int
    _: KW_ONLY
    usual: int | None = 0

    def read(self, text: str) -> int:
        """See `Choice`."""
        if not (text.isascii() and text.isdecimal() and self.low <= int(text[:12]) <= self.high):
            raise ValueError(text)
        return int(text)

    def write(self, value: int | None) -> str:
        """See `Choice`."""
        return "" if value is None else str(value)

    def fit(self, value: Any) -> int | None:
        """See `Choice`."""
        wanted = self.usual if value is None else value
        return None if wanted is None else min(max(int(wanted), self.low), self.high)

    def expected(self) -> str:
        """See `Choice`."""
        return f"Expected a whole number from {self.low} to {self.high}."

    def number(self, label: str, **look: Any) -> Any:
        """Draw the choice as a number to type or to step; return the number."""
        chosen = self.value()
        empty: dict[str, Any] = {"value": None} if self.usual is None else {}
        st.number_input(label, self.low, self.high, key=self.key, **empty, **look)
        return chosen
