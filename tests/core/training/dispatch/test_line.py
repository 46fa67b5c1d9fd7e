import pytest

from core.errors import TrainingError
from core.training.dispatch.line import FAIR_SHARE, MAX_WAITING, Line


def taken(line: Line, turns: int) -> list[str]:
    """Take so many turns; every run joins again after its turn."""
    names = []
    for _ in range(turns):
        ticket = line.take()
        names.append(ticket.run_id)
        line.join_again(ticket)
    return names


def test_first_come_first_served() -> None:
    line = Line()
    for name in "abc":
        line.join(name)
    assert line.order() == ["a", "b", "c"]
    assert [line.take().run_id for _ in range(3)] == ["a", "b", "c"]


def test_after_two_first_turns_comes_a_second_one() -> None:
    line = Line()
    for name in "abc":
        line.join(name)
    assert taken(line, 6) == ["a", "b", "a", "c", "b", "a"]


def test_a_new_run_goes_before_second_turns_but_starves_nobody() -> None:
    line = Line()
    line.join("long")
    assert taken(line, 1) == ["long"]
    for number in range(6):
        line.join(f"short-{number}")
    order = taken(line, 12)
    firsts = [order.index(f"short-{number}") for number in range(6)]
    assert firsts == sorted(firsts) and firsts[0] == 0 and firsts[-1] <= 9
    assert order.index("long") <= 2


def test_addresses_take_turns() -> None:
    line = Line()
    for number in range(40):
        line.join(f"forty-{number}", "one address")
    line.join("alone", "another")
    assert line.order().index("alone") == 1


def test_whoever_leaves_is_not_called() -> None:
    line = Line()
    line.join("a"), line.join("b")
    line.leave("a"), line.leave("nobody")
    assert line.order() == ["b"] and "a" not in line and len(line) == 1


def test_a_full_line_refuses_but_keeps_a_share_for_those_who_have_little_in_it() -> None:
    line = Line()
    for number in range(MAX_WAITING):
        line.refuse_when_full("forty cookies")
        line.join(f"run-{number}", "forty cookies")
    with pytest.raises(TrainingError, match=f"at most {MAX_WAITING} runs in line"):
        line.refuse_when_full("forty cookies")
    for number in range(FAIR_SHARE):
        line.refuse_when_full("somebody else")
        line.join(f"other-{number}", "somebody else")
    with pytest.raises(TrainingError):
        line.refuse_when_full("somebody else")
