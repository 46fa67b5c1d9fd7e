import threading

import pytest

from core.observing import BOUNDS_S, REFUSERS, Counts, Histogram


def test_a_time_counts_once_in_the_first_bucket_that_holds_it() -> None:
    times = Histogram()
    for seconds in (0.01, 0.011, 0.3, 99.0):
        times.add(seconds)
    found = dict(zip((*BOUNDS_S, "beyond"), times.counts, strict=True))
    assert {bound: count for bound, count in found.items() if count} == {0.01: 1, 0.025: 1, 0.5: 1, "beyond": 1}
    assert times.sum_s == pytest.approx(99.321)


def test_what_leaves_the_block_is_a_refusal_and_other_errors_are_none() -> None:
    counts = Counts()
    for error in (KeyError, OSError):
        with pytest.raises(error), counts.refusing("training", KeyError):
            raise error
    assert counts.refusals() == dict.fromkeys(REFUSERS, 0) | {"training": 1}


def test_a_page_that_fails_is_timed_too_and_threads_lose_nothing() -> None:
    counts = Counts()

    def run() -> None:
        for _ in range(500):
            with pytest.raises(ValueError), counts.page_run("kernels"):
                raise ValueError

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(counts.page_runs()["kernels"].counts) == 2000
