import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from core.bounded import awaited, remembered, size_of
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


def test_tells_a_thread_that_others_wait_for_what_it_makes() -> None:
    told: dict[str, Callable[[], bool]] = {}
    going, go = threading.Event(), threading.Event()

    @remembered(1)
    def slow(number: int) -> int:
        told["maker"] = awaited()
        going.set()
        go.wait(10)
        return number

    maker, other = (threading.Thread(target=slow, args=(7,)) for _ in range(2))
    maker.start()
    assert going.wait(10)
    assert not told["maker"]()
    other.start()
    wait_for(told["maker"])
    go.set()
    for thread in (maker, other):
        thread.join(10)
    assert not told["maker"]()
