"""Who trains next: a line in which everybody's first turn comes soon, and long runs go round in turns.

A turn is about `TURN_S`; it ends only when somebody else waits. Runs that have not had a turn yet go first, one network
address after the other, but after two of them a run that has had one gets its next: so nobody starves, and a short run
waits for long ones no longer than for two turns.
"""

from dataclasses import dataclass

from core.errors import TrainingError

TURN_S = 30.0
"""How long a run trains before others have their turn, in seconds."""

MAX_WAITING = 100
"""So many runs wait at most, but for those who have little in line; see `FAIR_SHARE`."""

FAIR_SHARE = 5
"""In a full line, whose address has fewer runs than this in it may still join it."""

_FIRST_TURNS_IN_A_ROW = 2


@dataclass(slots=True, kw_only=True)
class Ticket:
    """One run in line.

    Attributes:
        run_id: of the run.
        origin: whatever tells one network address from others; never a reason to refuse anybody, only to take turns.
        arrived: its number in line.
        last_turn: when its newest turn ended, as a number in line; 0 before the first.
        losses: how many workers were lost under it since it finished `epoch`.
    """

    run_id: str
    origin: str
    arrived: int
    last_turn: int = 0
    losses: int = 0
    epoch: int = 0


class Line:
    """The runs that wait. Not safe for threads; its owner holds a lock."""

    def __init__(self) -> None:
        self._tickets: dict[str, Ticket] = {}
        self._count = 0
        self._first_turns = 0

    def __len__(self) -> int:
        return len(self._tickets)

    def __contains__(self, run_id: str) -> bool:
        return run_id in self._tickets

    def join(self, run_id: str, origin: str = "") -> None:
        """Let a run wait for its first turn."""
        self._count += 1
        self._tickets[run_id] = Ticket(run_id=run_id, origin=origin, arrived=self._count)

    def join_again(self, ticket: Ticket) -> None:
        """Let a run wait for its next turn."""
        self._count += 1
        ticket.last_turn = self._count
        self._tickets[ticket.run_id] = ticket

    def put_back(self, ticket: Ticket) -> None:
        """Let a run whose turn was cut short wait for it again, where it stood."""
        self._tickets[ticket.run_id] = ticket

    def leave(self, run_id: str) -> None:
        """Let a run wait no longer."""
        self._tickets.pop(run_id, None)

    def take(self) -> Ticket:
        """Return the run whose turn it is; it is in line no more."""
        ticket = self._ordered()[0]
        self._first_turns = 0 if ticket.last_turn else self._first_turns + 1
        return self._tickets.pop(ticket.run_id)

    def tickets(self) -> list[Ticket]:
        """Return the tickets of all that wait, in no order."""
        return list(self._tickets.values())

    def order(self) -> list[str]:
        """Return the ids of the runs in the order of their turns, if nobody joins."""
        return [ticket.run_id for ticket in self._ordered()]

    def refuse_when_full(self, origin: str = "", *, elsewhere: int = 0) -> None:
        """Raise a TrainingError where a run of this origin finds no place; `elsewhere` counts those of other lines."""
        same = sum(ticket.origin == origin for ticket in self._tickets.values())
        if len(self._tickets) + elsewhere >= (MAX_WAITING if same >= FAIR_SHARE else 2 * MAX_WAITING):
            raise TrainingError(
                f"Expected at most {MAX_WAITING} runs in line. Received one more. Wait until some of them have ended, "
                "and explore the shipped runs meanwhile."
            )

    def _ordered(self) -> list[Ticket]:
        first = self._one_origin_after_the_other()
        again = sorted((each for each in self._tickets.values() if each.last_turn), key=lambda each: each.last_turn)
        ordered: list[Ticket] = []
        in_a_row = self._first_turns
        while first or again:
            if again and (not first or in_a_row >= _FIRST_TURNS_IN_A_ROW):
                ordered.append(again.pop(0))
                in_a_row = 0
            else:
                ordered.append(first.pop(0))
                in_a_row += 1
        return ordered

    def _one_origin_after_the_other(self) -> list[Ticket]:
        """Return the runs without a turn so far: the first of every origin, the second of every origin, ..."""
        counts: dict[str, int] = {}
        ranked = []
        for ticket in sorted(self._tickets.values(), key=lambda each: each.arrived):
            if not ticket.last_turn:
                counts[ticket.origin] = counts.get(ticket.origin, 0) + 1
                ranked.append((counts[ticket.origin], ticket.arrived, ticket))
        return [ticket for *_, ticket in sorted(ranked, key=lambda each: each[:2])]
