"""Who has had least comes first; nobody waits for ever."""

from collections.abc import Sequence

import pytest

from core.askers import Asker
from core.fairness import CREDIT_S, Shares


def hall(name: str) -> Asker:
    return Asker(browser=name, address="hall")


def serve(shares: Shares, line: Sequence[Asker], seconds: dict[Asker, float], turns: int) -> list[Asker]:
    """Let everybody wait all the time; return who was served."""
    served = []
    for each in line:
        shares.come(each)
    for _ in range(turns):
        first = min(line, key=shares.had)
        shares.add(first, seconds[first], [each for each in line if each != first])
        shares.come(first)
        served.append(first)
    return served


def test_seconds_are_shared_and_not_turns() -> None:
    long, short = hall("long"), hall("short")
    served = serve(Shares(), [long, short], {long: 0.2, short: 0.02}, 110)
    assert served.count(short) == pytest.approx(10 * served.count(long), rel=0.2)


def test_addresses_share_first() -> None:
    lonely, many = Asker("lonely", "home"), [hall(str(number)) for number in range(9)]
    served = serve(Shares(), [lonely, *many], dict.fromkeys([lonely, *many], 0.1), 90)
    assert served.count(lonely) == pytest.approx(45, abs=2)
    assert [served.count(each) for each in many] == pytest.approx([5] * 9, abs=1)


def test_whoever_asks_for_little_goes_before_a_hall_that_asks_for_much() -> None:
    shares, little, much = Shares(), hall("little"), [hall(str(number)) for number in range(50)]
    shares.come(little)
    serve(shares, much, dict.fromkeys(much, 0.2), 50)
    shares.add(little, 0.01, much)
    serve(shares, much, dict.fromkeys(much, 0.2), 200)
    shares.come(little)
    assert shares.had(little) < min(map(shares.had, much))


def test_credit_has_an_end() -> None:
    shares, little, much = Shares(), hall("little"), [hall(str(number)) for number in range(5)]
    shares.come(little)
    shares.add(little, 0.01, much)
    serve(shares, much, dict.fromkeys(much, 1.0), 500)
    shares.come(little)
    assert shares.had(little)[1] > min(map(shares.had, much))[1] - CREDIT_S - 1.0


def test_after_a_long_question_nobody_waits_for_ever() -> None:
    shares, long, much = Shares(), hall("long"), [hall(str(number)) for number in range(20)]
    for each in (long, *much):
        shares.come(each)
    shares.add(long, 60.0, much)
    shares.come(long)
    served = serve(shares, [long, *much], dict.fromkeys([long, *much], 0.1), 80)
    assert long in served


def test_newcomers_without_end_starve_nobody() -> None:
    """Forged cookies: every question is of another browser."""
    shares, patient = Shares(), hall("patient")
    shares.come(patient)
    shares.add(patient, 0.1, [patient])
    shares.come(patient)
    line = [patient]
    for number in range(1000):
        line.append(hall(f"forged {number}"))
        shares.come(line[-1])
        first = min(line, key=shares.had)
        line.remove(first)
        if first == patient:
            return
        shares.add(first, 0.1, line)
        shares.add(hall(f"inside {number}"), 0.1, line)
    pytest.fail("the patient one was never first")


def test_those_who_left_are_forgotten() -> None:
    shares = Shares()
    many = [hall(str(number)) for number in range(100)]
    serve(shares, many, dict.fromkeys(many, 0.1), 200)
    shares.add(many[0], 0.1, [])
    assert not shares._had
    assert not shares._clock
