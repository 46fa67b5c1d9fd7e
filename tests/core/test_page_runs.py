"""Few are at work at once; the others wait in line, and nobody for ever."""

import threading
import time
from collections.abc import Callable
from contextlib import suppress

import pytest

from core import page_runs
from core.askers import Asker
from core.page_runs import PageRuns
from tests.waiting import wait_for


class Visit(threading.Thread):
    """Runs a page until told to end; told to wait, it steps aside until told to come back."""

    def __init__(
        self, runs: PageRuns, name: str = "", order: list[str] | None = None, *, asks_anew: bool = False
    ) -> None:
        super().__init__(daemon=True)
        self.runs, self.label, self.order = runs, name, order if order is not None else []
        self.asks_anew = asks_anew
        self.works, self.waits, self.back, self.aside, self.leave = (threading.Event() for _ in range(5))
        self.start()

    def run(self) -> None:
        self.runs.begin(Asker(self.label, "hall"), lambda: time.monotonic() if self.asks_anew else 0.0)
        try:
            self.order.append(self.label)
            self.works.set()
            self.aside.wait(30)
            if not self.leave.is_set():
                with self.runs.aside():
                    self.waits.set()
                    self.leave.wait(30)
                self.order.append(f"{self.label} is back")
                self.back.set()
        finally:
            self.runs.end()

    def go(self) -> None:
        """End, from wherever it is."""
        self.leave.set()
        self.aside.set()


def ended(visits: list[Visit]) -> None:
    for visit in visits:
        visit.go()
    for visit in visits:
        visit.join(10)
        assert not visit.is_alive()


def line(runs: PageRuns) -> int:
    return len(runs._line)


def nobody_left(runs: PageRuns) -> bool:
    return not (runs._line or runs._all or runs._at_work)


def test_no_more_are_at_work_than_there_are_places() -> None:
    runs = PageRuns(places=2, stuck_s=60)
    first, second = Visit(runs), Visit(runs)
    assert first.works.wait(10) and second.works.wait(10)
    third = Visit(runs)
    wait_for(lambda: line(runs) == 1)
    assert not third.works.is_set()
    first.go()
    assert third.works.wait(10)
    ended([first, second, third])
    assert nobody_left(runs)


def test_whoever_waits_for_something_else_leaves_the_place_and_comes_back_before_those_who_have_not_begun() -> None:
    runs, order = PageRuns(places=1, stuck_s=60), list[str]()
    first = Visit(runs, "first", order)
    assert first.works.wait(10)
    second = Visit(runs, "second", order)
    first.aside.set()
    assert first.waits.wait(10) and second.works.wait(10)
    third = Visit(runs, "third", order)
    wait_for(lambda: line(runs) == 1)
    first.leave.set()
    wait_for(lambda: line(runs) == 2)
    assert not first.back.is_set()
    ended([second])
    ended([first, third])
    assert order == ["first", "second", "first is back", "third"]
    assert nobody_left(runs)


def test_a_run_that_ends_aside_waits_for_no_place() -> None:
    runs = PageRuns(places=1, stuck_s=60)
    runs.begin(Asker("one", "hall"))
    with suppress(SystemExit), runs.aside():
        other = Visit(runs)
        assert other.works.wait(10)
        raise SystemExit
    assert not other.back.is_set()
    runs.end()
    ended([other])
    assert nobody_left(runs)


def test_who_asked_anew_before_the_last_answer_stands_back_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    runs, hurried = PageRuns(places=1, stuck_s=60), Asker("hurried", "hall")

    def run_of_hurried(*, cut_short: bool) -> None:
        runs.begin(hurried, lambda: time.monotonic() if cut_short else 0.0)
        runs.end(cut_short=cut_short)

    def order_of_two() -> list[str]:
        order = list[str]()
        keeps = Visit(runs)
        assert keeps.works.wait(10)
        visits = []
        for name in ("hurried", "patient"):
            visits.append(Visit(runs, name, order))
            wait_for(lambda: line(runs) == len(visits))
        ended([keeps, *visits])
        return order

    run_of_hurried(cut_short=True)
    assert order_of_two() == ["patient", "hurried"]
    assert order_of_two() == ["hurried", "patient"]  # it has waited for its last answer
    run_of_hurried(cut_short=True)
    monkeypatch.setattr(page_runs, "HURRY_S", 0.0)  # it has waited for so long
    assert order_of_two() == ["hurried", "patient"]
    assert nobody_left(runs)


def test_whoever_asks_anew_before_the_answer_goes_after_a_patient_one() -> None:
    runs, order = PageRuns(places=1, stuck_s=60), list[str]()
    flood = [Visit(runs, f"flood {number}", asks_anew=True) for number in range(5)]
    ended(flood)
    keeps = Visit(runs)
    assert keeps.works.wait(10)
    visits = []
    for name in ("flood 0", "flood 1", "patient"):
        visits.append(Visit(runs, name, order, asks_anew="flood" in name))
        wait_for(lambda: line(runs) == len(visits))
    for name in ("flood 0", "flood 1", "patient"):  # again, before any of them is served
        visits.append(Visit(runs, name, order, asks_anew="flood" in name))
        wait_for(lambda: line(runs) == len(visits))
    ended([keeps, *visits])
    assert order.index("patient", order.index("patient") + 1) < 4
    assert nobody_left(runs)


def test_an_error_while_one_waits_leaves_the_run_at_work() -> None:
    runs = PageRuns(places=1, stuck_s=60)
    runs.begin(Asker("one", "hall"))
    with pytest.raises(ZeroDivisionError), runs.aside():
        raise ZeroDivisionError
    other = Visit(runs)
    wait_for(lambda: line(runs) == 1)
    runs.end()
    assert other.works.wait(10)
    ended([other])
    assert nobody_left(runs)


def test_those_at_work_may_wait_for_one_in_line() -> None:
    """As where it holds a lock that they need: the line moves on all the same."""
    runs = PageRuns(places=1, stuck_s=0.05)
    first, second, third = Visit(runs), Visit(runs), Visit(runs)
    assert all(each.works.wait(10) for each in (first, second, third))
    ended([first, second, third])
    assert nobody_left(runs)


@pytest.mark.parametrize("twice", [PageRuns.end, lambda runs: runs.aside().__enter__()])
def test_a_thread_that_runs_no_page_waits_for_nothing(twice: Callable[[PageRuns], None]) -> None:
    runs = PageRuns(places=0, stuck_s=60)
    twice(runs)
    twice(runs)
    assert nobody_left(runs)
