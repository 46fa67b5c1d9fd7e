"""Few are at work at once; the others wait in line, and nobody for ever."""

import threading
from collections.abc import Callable

import pytest

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
        self.runs.begin(Asker(self.label, "hall"), lambda: self.asks_anew)
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
