import threading
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from core.bounded import remembered, size_of
from core.wanted import wanted
from tests.asking import Asking, tell_apart, waiting
from tests.waiting import wait_for


def test_is_called_once_for_equal_arguments() -> None:
    asked: list[int] = []

    @remembered(1)
    def double(number: int) -> int:
        asked.append(number)
        return 2 * number

    assert [double(1), double(2), double(1)] == [2, 4, 2]
    assert asked == [1, 2]


def test_holds_no_more_than_its_bytes_and_lets_the_longest_unasked_go() -> None:
    asked: list[int] = []

    @remembered(1)
    def make(number: int) -> bytes:
        asked.append(number)
        return bytes(300_000)

    for number in (1, 2, 3, 1, 4):
        make(number)
    assert asked == [1, 2, 3, 4]
    make(1), make(3), make(4)
    assert asked == [1, 2, 3, 4]
    make(2)
    assert asked == [1, 2, 3, 4, 2]


def test_hands_out_what_is_larger_than_the_bound() -> None:
    @remembered(0.001)
    def make(number: int) -> bytes:
        return bytes(number)

    assert len(make(5_000)) == 5_000


def test_many_who_ask_at_once_wait_for_one_answer() -> None:
    asked: list[int] = []
    go = threading.Event()

    @remembered(1)
    def slow(number: int) -> int:
        asked.append(number)
        go.wait(10)
        return number

    answers: list[int] = []
    threads = [threading.Thread(target=lambda: answers.append(slow(7))) for _ in range(5)]
    for thread in threads:
        thread.start()
    go.set()
    for thread in threads:
        thread.join(10)
    assert answers == [7] * 5
    assert asked == [7]


def test_forgets_errors() -> None:
    asked: list[int] = []

    @remembered(1)
    def fails_once(number: int) -> int:
        asked.append(number)
        if len(asked) == 1:
            raise ValueError("not yet")
        return number

    with pytest.raises(ValueError, match="not yet"):
        fails_once(3)
    assert fails_once(3) == 3


def test_counts_what_arrays_views_and_containers_hold() -> None:
    image = np.zeros((100, 100), np.uint8)
    assert size_of(image) >= 10_000
    assert size_of(image[::2][:1]) >= 10_000  # all of the image stays for it
    assert size_of([image, {"again": image}]) >= 20_000


def test_a_view_of_a_mapped_file_counts_as_what_it_shows(tmp_path: Path) -> None:
    np.save(tmp_path / "images.npy", np.zeros(100_000, np.uint8))
    images = np.load(tmp_path / "images.npy", mmap_mode="r")
    assert size_of(np.asarray(images)[:10]) < 1_000
    assert size_of(images[:10]) < 1_000


def test_counts_what_tells_results_apart() -> None:
    asked: list[bytes] = []

    @remembered(0.01)
    def first(image: bytes) -> int:
        asked.append(image)
        return image[0]

    images = [bytes([number]) * 3_000 for number in range(4)]
    for image in (*images, *reversed(images)):
        first(image)
    assert asked == [*images, images[0]]


def test_whoever_asks_for_something_else_no_longer_waits_for_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tell_apart(monkeypatch)
    asked: list[int] = []
    go = threading.Event()

    @remembered(1)
    def slow(number: int) -> int:
        asked.append(number)
        go.wait(10)
        return number

    maker = Asking(lambda: slow(7))
    wait_for(lambda: asked)
    patient, leaver = (Asking(lambda: slow(7)) for _ in range(2))
    in_a_callback = Asking(lambda: slow(7), may_end=False)
    wait_for(lambda: waiting() == 3)
    in_a_callback.ask_anew()
    leaver.ask_anew()
    assert leaver.end() is None
    assert waiting() == 2
    go.set()
    assert [maker.end(), patient.end(), in_a_callback.end()] == [7, 7, 7]
    assert asked == [7]


@pytest.mark.parametrize("error", [ValueError("it is the first one's"), SystemExit()])
def test_those_who_waited_for_one_who_failed_make_it_themselves(error: BaseException) -> None:
    asked: list[threading.Thread] = []
    first, second = threading.Event(), threading.Event()

    @remembered(1)
    def make(number: int) -> int:
        asked.append(threading.current_thread())
        (first if len(asked) == 1 else second).wait(10)
        if len(asked) == 1:
            raise error
        return number

    def failing() -> None:
        with suppress(ValueError, SystemExit):
            make(7)

    maker = Asking(failing)
    wait_for(lambda: asked)
    others = [Asking(lambda: make(7)) for _ in range(3)]
    wait_for(lambda: waiting() == 3)
    first.set()
    maker.end()
    wait_for(lambda: len(asked) == 2 and waiting() == 2)
    second.set()
    assert [other.end() for other in others] == [7, 7, 7]
    assert len(asked) == 2


def test_what_is_too_large_to_be_kept_is_handed_to_all_who_wait_for_it() -> None:
    asked: list[int] = []
    go = threading.Event()

    @remembered(0.001)
    def make(number: int) -> bytes:
        asked.append(number)
        go.wait(10)
        return bytes(number)

    asking = [Asking(lambda: make(5_000)) for _ in range(3)]
    wait_for(lambda: waiting() == 2)
    go.set()
    assert [each.end() for each in asking] == [bytes(5_000)] * 3
    assert asked == [5_000]


def test_others_wait_for_whoever_takes_over_and_no_longer_for_who_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    tell_apart(monkeypatch)
    makers: list[threading.Thread] = []
    fail = threading.Event()

    def wait_until_ended() -> None:
        called = threading.Condition()
        with called:
            wanted.wait_for(called, lambda: False)

    @remembered(1)
    def make(number: int) -> int:
        makers.append(threading.current_thread())
        if len(makers) == 1:
            fail.wait(10)
            raise ValueError("not yet")
        wait_until_ended()
        return number

    def fail_and_go_on() -> None:
        with suppress(ValueError):
            make(7)
        wait_until_ended()

    failed = Asking(fail_and_go_on)
    wait_for(lambda: makers)
    others = [Asking(lambda: make(7)) for _ in range(2)]
    wait_for(lambda: waiting() == 2)
    fail.set()
    wait_for(lambda: len(makers) == 2 and waiting() == 3)
    failed.ask_anew()
    failed.end()
    successor, other = sorted(others, key=lambda each: each not in makers)
    successor.ask_anew()
    successor.join(0.2)
    assert successor.is_alive()
    other.ask_anew()
    successor.end()
    other.end()
