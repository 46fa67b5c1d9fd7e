"""Who comes first where many share what takes time: whoever has had least of it lately.

Taking turns is not enough: a browser whose questions take a second each would be asked as often as one whose questions
take ten milliseconds, and a hall of the first kind lets one of the second wait for all of them. So seconds are counted
instead, as in weighted fair queueing (Demers, Keshav and Shenker 1989): a clock says how many each of those who wait
has had, and goes on by what is served, divided by them. Whoever comes for the first time stands at the clock; whoever
is served stands that much further on, and whoever asks for little falls behind the clock, neither of them for ever.
Network addresses share first, and behind each its browsers.
"""

from collections import defaultdict
from collections.abc import Collection

from core.askers import Asker

LEAST_S, MOST_S = 0.005, 0.2
"""What a turn counts at least and at most, that nobody waits too long after a long question."""

CREDIT_S, KNOWN_S = 0.3, 1.0
"""So far behind the clock somebody may stand, and so long on it somebody is known who asks for nothing more."""

_MANY = 1000

_Name = tuple[str | None, str | Asker]
_ALL = None  # among whom addresses share, as browsers do behind an address


class Shares:
    """Seconds that browsers and addresses have had; forgotten once nobody waits behind the address.

    Not safe for threads: whoever keeps a line has a lock of its own.
    """

    def __init__(self) -> None:
        self._clock: defaultdict[str | None, float] = defaultdict(float)  # address or all -> seconds
        self._had: dict[_Name, float] = {}
        self._room = _MANY

    def come(self, asker: Asker) -> None:
        """Let an asker begin to wait: it stands near the clock at least, and from then on where it is."""
        for name in _names(asker):
            self._had[name] = self._stands(name)

    def had(self, asker: Asker) -> tuple[float, float]:
        """Return what to order those who wait by, the smallest first: for the address, and the browser behind it."""
        address, browser = _names(asker)
        return self._had[address], self._had[browser]

    def add(self, asker: Asker, seconds: float, waiting: Collection[Asker]) -> None:
        """Count what an asker has had.

        Args:
            asker: who was served.
            seconds: how long.
            waiting: who waits now.
        """
        names, spent = {name for each in waiting for name in _names(each)}, min(max(seconds, LEAST_S), MOST_S)
        for name in _names(asker):
            self._had[name] = self._had.get(name, self._clock[name[0]]) + spent
            self._clock[name[0]] += spent / len({other for other in (name, *names) if other[0] == name[0]})
        self._forget(names)

    def _forget(self, waiting: Collection[_Name]) -> None:
        """Forget addresses where nobody waits, and now and then who asked for nothing for long."""
        among = {each for each, _ in waiting}
        left = self._clock.keys() - among
        for each in left:
            del self._clock[each]
        if left or len(self._had) > self._room:
            self._had = {
                name: at
                for name, at in self._had.items()
                if name in waiting or (name[0] in among and at > self._clock[name[0]] - KNOWN_S)
            }
            self._room = max(_MANY, 2 * len(self._had))

    def _stands(self, name: _Name) -> float:
        clock = self._clock.get(name[0], 0.0)
        return max(clock - CREDIT_S, self._had.get(name, clock))


def _names(asker: Asker) -> tuple[_Name, _Name]:
    """Return an asker's address among all, and its browser among those behind the address."""
    return (_ALL, asker.address), (asker.address, asker)
