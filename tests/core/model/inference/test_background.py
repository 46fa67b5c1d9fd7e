"""Work in the background: it waits for nobody, rests when it is told to, and goes on where it was."""

import gc
import threading
import time
import weakref
from collections.abc import Callable

import numpy as np
import pytest

from core.askers import Asker
from core.bounded import forget
from core.errors import BusyError, RunError
from core.model.construction.network import build
from core.model.experiments.ascent import Ascent
from core.model.experiments.survey import Survey
from core.model.inference import background
from core.model.inference.background import MOST, SHARE, Work, shared
from core.model.inference.networks import Network
from core.model.inference.scoring import Scoring
from core.model.structure.architecture import Architecture
from tests.waiting import wait_for


class Counting(Work[int]):
    """Counts to a number, as fast as it is let."""

    nbytes = 1000

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


TUTORIAL = Architecture.tutorial()
IMAGES = np.zeros((2_000, 32, 32, 3), np.uint8)


@pytest.mark.parametrize(
    "begin",
    [
        lambda make: Survey(make, TUTORIAL, IMAGES, np.arange(len(IMAGES))),
        lambda make: Ascent(make, TUTORIAL.rows()[0], 0, smooth=True),
        lambda make: Scoring(lambda: make().logits, IMAGES, 10),
    ],
    ids=["survey", "ascent", "scoring"],
)
def test_one_that_rests_holds_no_network(begin: Callable[[Callable[[], Network]], Work]) -> None:
    model = build(TUTORIAL, seed=0)
    made: list[weakref.ref[Network]] = []

    def make() -> Network:
        network = Network.of(model, TUTORIAL)
        made.append(weakref.ref(network))
        return network

    work, go = begin(make), threading.Event()
    wait_for(lambda: work.count > 0)
    work.rest()
    go.set()
    Counting(1, go).result()  # the round has passed it by
    assert not work.finished
    gc.collect()
    assert made
    assert [network() for network in made] == [None] * len(made)


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


def browser(name: str) -> Asker:
    return Asker(browser=name, address="hall")


def test_a_browser_that_leafs_through_many_leaves_the_earlier_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    """Held down, the arrow beside a filter's number asks for one picture after another."""
    monkeypatch.setattr(background.gate, "who", lambda: browser("one"))
    go = threading.Event()
    works = [Counting(5, go) for _ in range(2 * MOST)]  # none is refused
    wanted = [work.wanted for work in works]
    assert wanted[-SHARE:] == [True] * SHARE
    assert sum(wanted) <= SHARE + 1  # the one in hand may be an early one
    monkeypatch.setattr(background.gate, "who", lambda: browser("another"))
    other = Counting(5, go)
    go.set()
    assert other.result() == works[-1].result() == 5
    assert works[2].result() == 5  # whoever looks again has it go on


def test_steps_go_to_whoever_has_had_least(monkeypatch: pytest.MonkeyPatch) -> None:
    """Twenty browsers have works of long steps; one comes that wants a few short ones, and one that looks too."""
    go, order = threading.Event(), []

    class Stepping(Counting):
        def __init__(self, total: int, name: str, step_s: float) -> None:
            self.name, self.step_s = name, step_s
            super().__init__(total, go)

        def _step(self) -> int:
            super()._step()
            time.sleep(self.step_s)
            order.append(self.name)
            return 1

    works = []
    for number in range(20):
        monkeypatch.setattr(background.gate, "who", lambda number=number: browser(f"long {number}"))
        works.append(Stepping(20, "long", 0.05))
    go.set()
    wait_for(lambda: len(order) > 25)
    monkeypatch.setattr(background.gate, "who", lambda: browser("short"))
    begun = len(order)
    assert Stepping(4, "short", 0.001).result() == 4
    assert len(order) - begun < 2 * 20  # where all took turns it was 4 * 20
    for work in works:
        work.rest()


def test_a_hall_of_browsers_is_told_when_it_is_full(monkeypatch: pytest.MonkeyPatch) -> None:
    begun = threading.Event()

    class First(Counting):
        def _step(self) -> int:
            begun.set()
            return super()._step()

    go = threading.Event()
    works = [First(1, go)]
    try:
        assert begun.wait(60)  # this one is in hand, and waits no more
        for number in range(MOST):
            monkeypatch.setattr(background.gate, "who", lambda number=number: browser(str(number)))
            works.append(Counting(1, go))
        monkeypatch.setattr(background.gate, "who", lambda: browser("late"))
        with pytest.raises(BusyError, match=f"at most {MOST} networks"):
            Counting(1, go)
    finally:
        go.set()
    assert [work.result() for work in works] == [1] * (MOST + 1)


def test_what_is_looked_at_is_not_begun_anew_for_want_of_room() -> None:
    """Room for one of them, and ten are looked at: each stays the one that it was."""
    go, made = threading.Event(), []

    @shared(0.001)
    def counted(number: int) -> Counting:
        made.append(number)
        return Counting(3, go)

    works = [counted(number) for number in range(10)]
    assert [counted(number) for number in range(10)] == works
    assert made == list(range(10))
    go.set()
    assert [work.result() for work in works] == [3] * 10
    assert [counted(number) for number in range(10)] == works  # those who looked come for what was found
    for work in works:
        work.rest()
    counted(0)
    assert made[10:] == [0]


def test_what_went_wrong_is_tried_anew() -> None:
    go, made = threading.Event(), []

    class Broken(Counting):
        def _step(self) -> int:
            raise RunError("Expected weights. Received none. Choose another epoch.")

    @shared(1)
    def broken() -> Broken:
        made.append(1)
        return Broken(3, go)

    for _ in range(2):
        with pytest.raises(RunError):
            broken().result()
        forget(broken)
    assert len(made) == 2
