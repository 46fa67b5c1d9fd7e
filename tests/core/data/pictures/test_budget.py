import threading
import time

import pytest

from core.data.pictures.budget import Budget


def test_never_more_is_taken_at_once_than_there_is() -> None:
    budget, inside = Budget(100), []

    def work(amount: int) -> None:
        with budget.take(amount):
            inside.append(amount)
            time.sleep(0.01)
            inside.remove(amount)

    threads = [threading.Thread(target=work, args=(30,)) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert budget.most_taken == 90
    assert inside == []


def test_small_work_passes_by_large_work_that_waits() -> None:
    budget, done = Budget(100), threading.Event()

    def large() -> None:
        with budget.take(80):
            done.set()

    with budget.take(50):
        waiting = threading.Thread(target=large)
        waiting.start()
        with budget.take(50):
            assert not done.is_set()
    assert done.wait(30)
    waiting.join(30)


def test_room_is_free_again_after_an_error() -> None:
    budget = Budget(100)
    with pytest.raises(KeyError), budget.take(100):
        raise KeyError
    with budget.take(100):
        assert budget.most_taken == 100


def test_what_never_fits_is_a_mistake() -> None:
    with pytest.raises(ValueError, match=r"Expected at most 100 bytes. Received 101"), Budget(100).take(101):
        pass
