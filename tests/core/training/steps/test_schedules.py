import pytest

from core.training.recipe import Recipe
from core.training.steps.schedules import rate_at


def test_schedules_by_hand() -> None:
    assert rate_at(Recipe(learning_rate=2.0), 70, 100) == 2.0
    cosine = Recipe(learning_rate=2.0, schedule="cosine")
    assert [rate_at(cosine, step, 100) for step in (0, 50, 100)] == pytest.approx([2, 1, 0])
    cycle = Recipe(learning_rate=2.0, schedule="one-cycle", warmup=0.2)
    assert [rate_at(cycle, step, 100) for step in (0, 10, 20, 60, 100)] == pytest.approx([0.2, 1.1, 2, 1, 0])
    assert rate_at(Recipe(schedule="one-cycle", warmup=0.0, learning_rate=1.0), 0, 100) == 1.0
    assert rate_at(Recipe(schedule="one-cycle", warmup=1.0, learning_rate=1.0), 99, 100) < 1.0


def test_a_rate_is_held_before_it_falls_so_that_the_length_may_be_chosen_on_the_way() -> None:
    held = Recipe(learning_rate=2.0, schedule="hold", fall=0.5)
    assert [rate_at(held, step, 100) for step in (0, 50, 75, 100)] == pytest.approx([2, 2, 1, 0])
    longer = Recipe(learning_rate=2.0, schedule="hold", fall=0.75)
    assert [rate_at(longer, step, 200) for step in range(51)] == [rate_at(held, step, 100) for step in range(51)]
    assert rate_at(Recipe(schedule="hold", fall=0.0, learning_rate=1.0), 99, 100) == 1.0
