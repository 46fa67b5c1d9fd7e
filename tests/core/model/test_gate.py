"""Whoever asks waits in line; nobody overtakes, and all together stay within places and memory."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from core.askers import Asker
from core.bounded import remembered
from core.errors import BusyError
from core.model.gate import QUICK_BYTES, Gate
from core.page_runs import page_runs
from tests.asking import Asking, tell_apart
from tests.asking import waiting as waiting_at_all
from tests.waiting import wait_for


class Visitor(threading.Thread):
    """Takes one turn, and keeps it until told to leave."""

    def __init__(
        self, gate: Gate, need: int, name: str = "", inside: list[str] | None = None, asker: Asker | None = None
    ) -> None:
        super().__init__(daemon=True)
        self.asker, self.refused = asker, ""
        self.gate, self.need, self.label, self.order = gate, need, name, inside if inside is not None else []
        self.entered, self.leave = threading.Event(), threading.Event()
        self.start()

    def run(self) -> None:
        try:
            with self.gate.turn(self.need):
                self.order.append(self.label)
                self.entered.set()
                self.leave.wait(30)
        except BusyError as error:
            self.refused = str(error)


@contextmanager
def staying(gate: Gate, *needs: int) -> Iterator[list[Visitor]]:
    visitors = [Visitor(gate, need) for need in needs]
    try:
        for visitor in visitors:
            assert visitor.entered.wait(10)
        yield visitors
    finally:
        for visitor in visitors:
            visitor.leave.set()
            visitor.join(10)


def waiting(gate: Gate) -> int:
    return len(gate._line)


def test_no_more_than_there_are_places() -> None:
    gate = Gate(places=2, memory_bytes=100)
    with staying(gate, 1, 1) as (first, _):
        third = Visitor(gate, 1)
        wait_for(lambda: waiting(gate) == 1)
        assert not third.entered.is_set()
        first.leave.set()
        assert third.entered.wait(10)
        third.leave.set()


def test_no_more_memory_than_there_is_and_the_first_in_line_is_not_passed_over() -> None:
    gate = Gate(places=3, memory_bytes=100)
    with staying(gate, 60) as (first,):
        large = Visitor(gate, 50)
        wait_for(lambda: waiting(gate) == 1)
        small = Visitor(gate, 10)  # it would fit, but the large one came first
        wait_for(lambda: waiting(gate) == 2)
        first.leave.set()
        assert large.entered.wait(10)
        assert small.entered.wait(10)
        large.leave.set()
        small.leave.set()


def test_more_than_all_memory_goes_in_alone() -> None:
    gate = Gate(places=3, memory_bytes=100)
    with staying(gate, 1000):
        other = Visitor(gate, 1)
        wait_for(lambda: waiting(gate) == 1)
        assert not other.entered.is_set()
    assert other.entered.wait(10)
    other.leave.set()


def test_quick_questions_do_not_wait_for_long_ones() -> None:
    gate = Gate(places=1, quick=1)
    with staying(gate, QUICK_BYTES + 1):
        long = Visitor(gate, QUICK_BYTES + 1)
        wait_for(lambda: waiting(gate) == 1)
        with staying(gate, QUICK_BYTES):
            quick = Visitor(gate, QUICK_BYTES)  # two are inside: it waits as well
            wait_for(lambda: waiting(gate) == 2)
            assert not quick.entered.is_set()
        assert quick.entered.wait(10)
        assert not long.entered.is_set()
        quick.leave.set()
    assert long.entered.wait(10)
    long.leave.set()


def test_turns_come_in_the_order_of_arrival() -> None:
    gate, order = Gate(places=1, memory_bytes=100), list[str]()
    with staying(gate, 1):
        visitors = []
        for number in range(20):
            visitors.append(Visitor(gate, 1, str(number), order))
            visitors[-1].leave.set()
            wait_for(lambda: waiting(gate) == len(visitors))
    for visitor in visitors:
        visitor.join(10)
    assert order == [str(number) for number in range(20)]


def test_a_full_line_and_a_line_that_stands_are_answered_with_a_sentence() -> None:
    gate = Gate(places=1, memory_bytes=100, waiting=1, share=1, patience_s=0.05)
    with staying(gate, 1):
        with pytest.raises(BusyError, match="Received no turn"), gate.turn(1):
            pass
        patient = Gate(places=1, memory_bytes=100, waiting=1, share=1)
        with staying(patient, 1):
            second = Visitor(patient, 1)
            wait_for(lambda: waiting(patient) == 1)
            with pytest.raises(BusyError, match="Received one more"), patient.turn(1):
                pass
            second.leave.set()
    with gate.turn(1):
        pass


def test_whoever_fails_inside_leaves_the_place() -> None:
    gate = Gate(places=1, memory_bytes=100)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), gate.turn(100):
            raise ZeroDivisionError
    with gate.turn(100):
        pass


def of_visitors(gate: Gate) -> Gate:
    """Let the gate tell the threads of `Visitor` apart."""
    gate.who = lambda: getattr(threading.current_thread(), "asker", None)
    return gate


def test_nobody_fills_the_line_alone_and_others_do_not_wait_for_all_of_one() -> None:
    """Sixty windows of one browser, then one window each of ten others behind the same address."""
    gate, order = of_visitors(Gate(places=1, memory_bytes=100, waiting=40, share=5)), list[str]()
    with staying(gate, 1):
        many = [Visitor(gate, 1, "many", order, Asker("many", "hall")) for _ in range(60)]
        wait_for(lambda: sum("of one browser" in each.refused for each in many) == 55)
        assert waiting(gate) == 5
        others = [Visitor(gate, 1, f"other {number}", order, Asker(str(number), "hall")) for number in range(10)]
        wait_for(lambda: waiting(gate) == 15)
        for visitor in (*many, *others):
            visitor.leave.set()
    for visitor in (*many, *others):
        visitor.join(10)
    assert order.count("many") == 5
    assert order.index("many", order.index("many") + 1) > max(order.index(f"other {number}") for number in range(10))


def test_one_address_under_many_names_does_not_shut_out_the_others() -> None:
    """Every question comes with a forged cookie of its own; the hall's wait for one of them each."""
    gate, order = of_visitors(Gate(places=1, memory_bytes=100, waiting=40, share=5)), list[str]()
    with staying(gate, 1):
        forged = [Visitor(gate, 1, "forged", order, Asker(f"forged {number}", "one")) for number in range(60)]
        wait_for(lambda: sum("Expected at most 40" in each.refused for each in forged) == 20)
        hall = [Visitor(gate, 1, "hall", order, Asker(f"hall {number}", "other")) for number in range(5)]
        wait_for(lambda: waiting(gate) == 45)
        for visitor in (*forged, *hall):
            visitor.leave.set()
    for visitor in (*forged, *hall):
        visitor.join(10)
    assert order.count("hall") == 5
    assert max(place for place, name in enumerate(order) if name == "hall") < 10


def test_quick_questions_go_first_and_those_of_who_is_in_a_hurry_last(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_runs, "in_a_hurry", lambda asker, since: asker.browser == "hurried")
    gate, order = of_visitors(Gate(places=1)), list[str]()
    with staying(gate, 1):
        visitors = []
        for name, need in (("hurried", 1), ("large", QUICK_BYTES + 1), ("quick", QUICK_BYTES)):
            visitors.append(Visitor(gate, need, name, order, Asker(name, "hall")))
            visitors[-1].leave.set()
            wait_for(lambda: waiting(gate) == len(visitors))
    for visitor in visitors:
        visitor.join(10)
    assert order == ["quick", "large", "hurried"]


@pytest.mark.parametrize("where", ["where it may end", "in the midst of a callback", "with others who wait for it"])
def test_whoever_asks_for_something_else_leaves_the_line_at_once(where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    tell_apart(monkeypatch)
    gate, others = Gate(places=1), where == "with others who wait for it"

    @remembered(1)
    def answer() -> int:
        with gate.turn(1):
            return 7

    with gate.turn(1):  # until the end
        asking = [Asking(answer, may_end=where != "in the midst of a callback")]
        wait_for(lambda: waiting(gate) == 1)
        if others:
            asking.append(Asking(answer))
            wait_for(lambda: waiting_at_all() == 2)
        asking[0].ask_anew()
        if where == "where it may end":
            assert asking[0].end() is None
            assert not waiting(gate)
        else:
            asking[0].join(0.2)
            assert asking[0].is_alive()
    assert [each.end() for each in asking] == ([None] if where == "where it may end" else [7] * len(asking))
    assert answer() == 7  # nothing half done was remembered


def test_whoever_stays_in_line_for_another_leaves_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    tell_apart(monkeypatch)
    gate = Gate(places=1)

    @remembered(1)
    def answer() -> int:
        with gate.turn(1):
            return 7

    with gate.turn(1):
        maker = Asking(answer)
        wait_for(lambda: waiting(gate) == 1)
        other = Asking(answer)
        wait_for(lambda: waiting_at_all() == 2)
        maker.ask_anew()
        assert waiting(gate) == 1
        other.ask_anew()
        assert [maker.end(), other.end()] == [None, None]
        assert not waiting(gate)
