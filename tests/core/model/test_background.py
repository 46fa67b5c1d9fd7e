"""Work in the background: it waits for nobody, rests when it is told to, and goes on where it was."""

import threading

import pytest

from core.errors import BusyError, RunError
from core.model.background import Work
from tests.waiting import wait_for


class Counting(Work[int]):
    """Counts to a number, as fast as it is let."""

    def __init__(self, total: int, go: threading.Event) -> None:
        self.go, self.let_go = go, False
        super().__init__(total)

    def _step(self) -> int:
        self.go.wait(10)
        return 1

    def _found(self) -> int:
        return self.count

    def _let_go(self) -> None:
        self.let_go = True


def test_it_finishes_and_lets_go() -> None:
    go = threading.Event()
    work = Counting(3, go)
    assert not work.finished
    go.set()
    assert work.result() == 3
    assert work.finished
    assert work.let_go


def test_what_is_stopped_rests_until_somebody_looks() -> None:
    go = threading.Event()
    work = Counting(1_000_000, go)
    go.set()
    wait_for(lambda: work.count > 0)
    work.rest()
    assert not work.wanted
    go.clear()  # a step that was in hand ends
    go.set()
    stood = Counting(5, go).result()  # the round has passed the other by
    assert stood == 5
    at = work.count
    assert Counting(5, go).result() == 5
    assert work.count == at
    work.wait(0)
    wait_for(lambda: work.count > at)
    work.rest()


def test_what_goes_wrong_reaches_whoever_asks() -> None:
    class Broken(Counting):
        def _step(self) -> int:
            raise RunError("Expected weights. Received none. Choose another epoch.")

    with pytest.raises(RunError, match="Received none"):
        Broken(3, threading.Event()).result()


def test_busy_networks_are_asked_again() -> None:
    class Busy(Counting):
        refused = 0

        def _step(self) -> int:
            if self.refused < 2:
                self.refused += 1
                raise BusyError("Expected room. Received none. Try again.")
            return super()._step()

    go = threading.Event()
    go.set()
    assert Busy(2, go).result() == 2
