"""A visitor's choices: read from the address, drawn, remembered across pages, written back; one rule for all of them.

The address counts when a page is opened: by a link, by the navigation, by Back or Forward. In every other run of the
script the session knows better, for a quick second choice still comes with the address of the first. Back and Forward
show a page as it was: what their address does not name is the usual choice. Where the page itself has chosen, a browser
that has not heard of it yet still tells the value before; it is known by its address, which says the same. So is one
that has not heard yet of the page that a link led to, and tells of a choice on the one before: nothing was opened.
"""

import itertools
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import KW_ONLY, dataclass, field, replace
from typing import Any, Literal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.runtime.scriptrunner import get_script_run_ctx

from core.addressed import whole
from core.errors import ConvscopeError
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
        drawn: whether a run has come to the end of the page.
        looked: names of the choices that have looked at it, each with its value while nobody chose, else None.
        sent: what the browser's address said when this run began.
        written: what it should say.
        moved: names of the choices that the page itself made last.
        top: the place above the page where nonsense in it is answered.
        before: that of the page before.
    """

    page: str | None = None
    asked: dict[str, str] = field(default_factory=dict)
    whole: bool = False
    drawn: bool = False
    looked: dict[str, Any] = field(default_factory=dict)
    sent: dict[str, str] = field(default_factory=dict)
    written: dict[str, str] = field(default_factory=dict)
    moved: set[str] = field(default_factory=set)
    top: DeltaGenerator | None = None
    before: "_Address | None" = None


def begin(page: str) -> None:
    """Look whether this run of the script opens a page; call it once, before the first choice.

    The navigation's links name no choices. Where one is followed before the page is drawn, what that page was asked for
    and has not looked at yet is asked of the next one.

    Args:
        page: name of the page that is drawn.
    """
    context = get_script_run_ctx()
    back = context is not None and context.is_history_navigation
    left, sent = _address(), st.query_params.to_dict()
    if back or page != left.page:
        st.session_state["choices.address"] = _opened(page, sent, left, back=back)
    _address().sent = sent
    _address().top = st.container()


def _opened(page: str, sent: dict[str, str], left: _Address, *, back: bool) -> _Address:
    """Return what is known of a page whose address is `sent`, where `left` is what is known of another one."""
    before = left.before
    if before is not None and not back and (page, sent) == (before.page, before.written):
        return before  # the browser has not heard of the page that was left, and tells of a choice on this one
    unread = {} if back or left.drawn else left.asked
    return _Address(page=page, asked=unread | sent, whole=back, before=replace(left, before=None))


def end() -> None:
    """Note that the page is drawn; call it once, after the last choice."""
    _address().drawn = True


def complain(sentence: str) -> None:
    """Say above the page what is wrong with its link."""
    (_address().top or st).warning(plain(sentence))


def follow(**asked: str) -> None:
    """Choose by names in the address, as a link does, from the next run of the script on: for callbacks."""
    _address().asked.update(asked)
    _address().moved.update(asked)


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
            ValueError, ConvscopeError: it stands for none; in words, what there is.
        """

    @abstractmethod
    def write(self, value: Any) -> str:
        """Return the text that `read` reads."""

    @abstractmethod
    def fit(self, value: Any) -> Any:
        """Return a remembered value, or the nearest that is still on offer."""

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
            if self._unheard(stands):
                stands = found
            found = stands if self.chosen or stands != address.looked.get(name) else self.usual
        found = self.fit(found)
        once = self.named == "once chosen" and self.key in remembered
        self._keep(found, chosen=found != self.fit(self.usual) or once or self.named == "always")
        return found

    def choose(self, value: Any) -> None:
        """Choose in place of the visitor, before the widget is drawn."""
        self._keep(self.fit(value), chosen=True)

    def hear(self, text: str) -> None:
        """Choose what a component tells, which `read` reads; where there is no such value, what is chosen stays."""
        with suppress(ValueError):
            self.choose(self.read(text))

    @property
    def chosen(self) -> bool:
        """Whether the visitor chose, or a link."""
        return self.key in _remembered()

    def _unheard(self, stands: Any) -> bool:
        """Whether the widget's value is the one before the page chose, told by a browser that has not heard of it."""
        name, address = self.name or self.key, _address()
        said = self.write(stands)
        if name not in address.moved or said == address.written.get(name):
            return False
        if said == address.sent.get(name):
            return True
        address.moved.remove(name)  # the visitor has chosen since
        return False

    def _answer(self, text: str, found: Any) -> Any:
        try:
            found = _remembered()[self.key] = self.read(text)  # chosen by the link, even where it is the usual choice
        except (ValueError, ConvscopeError) as error:
            said = self.nonsense(text) if self.nonsense else text and self._nonsense(text, error)
            if said:
                complain(said)
        return found

    def _nonsense(self, text: str, error: Exception, shown: str = "The usual choice is shown instead.") -> str:
        name = (self.name or self.key).split(".")[-1].replace("_", " ")
        return f"This link asks for {name} “{text[:40]}”. {error} {shown}"

    def _keep(self, value: Any, *, chosen: bool) -> None:
        name, address, remembered = self.name or self.key, _address(), _remembered()
        another_page = name not in address.looked  # whose widget had a value of its own under the same key
        if another_page or self.key not in st.session_state or st.session_state[self.key] != value:
            st.session_state[self.key] = value
        address.looked[name] = None if chosen else value
        if chosen:
            remembered[self.key] = value
        else:
            remembered.pop(self.key, None)
        _write(name, self.write(value) if chosen else None, address.written)


def _write(name: str, text: str | None, written: dict[str, str]) -> None:
    """Let the address say `text` under `name`; and again what it should say besides, as it may be an older one."""
    standing = st.query_params.to_dict()
    if text is None:
        written.pop(name, None)
        if name in standing:
            del st.query_params[name]
    else:
        written[name] = text
    if other := {each: said for each, said in written.items() if standing.get(each) != said}:
        st.query_params.update(other)


def _offer(words: Iterable[str]) -> str:
    return f"There is: {', '.join(itertools.islice(words, _MOST_SHOWN))}."


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
        raise ValueError(_offer(map(self.words, self.options)))

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
            required=required,
            key=self.key,
            persist_state="session",
            **{"format_func": self.words, **look},
        )
        return chosen

    def slider(self, label: str, **look: Any) -> Any:
        """Draw the choice as a slider; return the option."""
        chosen = self.value()
        st.select_slider(label, self.options, format_func=self.words, key=self.key, **look)
        return chosen

    def switch(self, label: str, **look: Any) -> Any:
        """Draw the choice between False and True as a switch; return which."""
        chosen = self.value()
        st.toggle(label, key=self.key, **look)
        return chosen


def yes_or_no(key: str, *, usual: bool = False) -> OneOf:
    """Return the choice between False and True."""
    return OneOf(key, (False, True), words=lambda on: str(on).lower(), usual=usual)


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
        return whole(text, self.low, self.high)

    def write(self, value: int | None) -> str:
        """See `Choice`."""
        return "" if value is None else str(value)

    def fit(self, value: Any) -> int | None:
        """See `Choice`."""
        wanted = self.usual if value is None else value
        return None if wanted is None else min(max(int(wanted), self.low), self.high)

    def number(self, label: str, **look: Any) -> Any:
        """Draw the choice as a number to type or to step; return the number."""
        chosen = self.value()
        empty: dict[str, Any] = {"value": None} if self.usual is None else {}
        st.number_input(label, self.low, self.high, key=self.key, **empty, **look)
        return chosen

    def slider(self, label: str, **look: Any) -> Any:
        """Draw the choice as a slider; return the number."""
        chosen = self.value()
        st.slider(label, self.low, self.high, key=self.key, **look)
        return chosen


@dataclass(frozen=True, slots=True)
class Several(Choice):
    """Some of several, as a list.

    Attributes:
        options: texts without commas, all that there is.
        words: what an option reads like on the screen.
        most: how many may be chosen.
    """

    options: Sequence[str]
    _: KW_ONLY
    words: Callable[[str], str] = str
    most: int | None = None

    def read(self, text: str) -> list[str]:
        """See `Choice`; what there is not, and what is too many, is left out, with a sentence."""
        asked = list(dict.fromkeys(each for each in text.split(",") if each))
        found, missing = ([each for each in asked if (each in self.options) is there] for there in (True, False))
        error = ValueError(_offer(self.options))
        if missing and not found:
            raise error
        if missing:
            complain(self._nonsense(", ".join(missing), error, "The others it names are shown."))
        if self.most and len(found) > self.most:
            many = ValueError(f"Expected at most {self.most}. Received {len(found)}.")
            complain(self._nonsense(text, many, "The first of them are shown."))
        return found

    def write(self, value: Sequence[str]) -> str:
        """See `Choice`."""
        return ",".join(value)

    def fit(self, value: Any) -> list[str]:
        """See `Choice`; whoever chose none wants none."""
        found = [each for each in value if each in self.options][: self.most]
        return found if found or not value else list(self.usual)

    def select(self, label: str, **look: Any) -> list[str]:
        """Draw the choice as a list to unfold; return the options."""
        chosen: list[str] = self.value()
        st.multiselect(label, self.options, format_func=self.words, max_selections=self.most, key=self.key, **look)
        return chosen


@dataclass(frozen=True, slots=True)
class Coded(Choice):
    """A value with a text of its own, such as a kernel, a network, or what one types.

    Attributes:
        reads: returns the value of its text, or raises what `read` raises.
        writes: returns the text that `reads` takes.
        fits: whether a value chosen before, of another network say, is still one.
    """

    reads: Callable[[str], Any]
    _: KW_ONLY
    writes: Callable[[Any], str] = str
    fits: Callable[[Any], bool] = lambda _: True

    def read(self, text: str) -> Any:
        """See `Choice`."""
        return self.reads(text)

    def write(self, value: Any) -> str:
        """See `Choice`."""
        return self.writes(value)

    def fit(self, value: Any) -> Any:
        """See `Choice`."""
        return value if self.fits(value) else self.usual

    def field(self, label: str, **look: Any) -> str:
        """Draw the choice of a text as a field to type into; return the text."""
        chosen: str = self.value()
        st.text_input(label, key=self.key, **look)
        return chosen
