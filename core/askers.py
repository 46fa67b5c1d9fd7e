"""Who asks for something that many share, and whether there is still a place in line.

A hall may come from one network address, and a browser can call itself by as many names as it likes. So a browser may
hold a share of a line, nobody is refused for the address alone, and a full line still takes those whose address holds
less than a share of it.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Asker:
    """What tells a browser from others, "" where nothing does, and what tells the network address it comes from."""

    browser: str
    address: str


NOBODY = Asker(browser="", address="")
"""The server's own work."""


def refused(asker: Asker, line: Collection[Asker], *, most: int, share: int) -> Literal["line", "browser"] | None:
    """Return what is full for whoever wants to join: the line, or its browser's share; None where there is a place.

    >>> many = [Asker("one", "here")] * 3
    >>> refused(Asker("one", "here"), many, most=10, share=3)
    'browser'
    >>> refused(Asker("another", "here"), many, most=3, share=3)
    'line'
    >>> refused(Asker("another", "there"), many, most=3, share=3)

    Args:
        asker: who wants to join.
        line: who waits.
        most: how many may wait, but for those of other addresses: with them, twice as many.
        share: how many of one browser may wait.
    """
    behind_address = sum(each.address == asker.address for each in line)
    if len(line) >= (most if behind_address >= share else 2 * most):
        return "line"
    if asker.browser and sum(each == asker for each in line) >= share:
        return "browser"
    return None
