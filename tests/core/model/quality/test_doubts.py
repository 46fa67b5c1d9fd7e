import numpy as np

from core.model.quality.answers import Answers
from core.model.quality.doubts import doubts


def answers(*rows: list[float]) -> Answers:
    return Answers.from_logits(np.log(np.array(rows)), np.array([0, 0, 0, 1], np.uint8))


def test_only_what_all_answer_against_the_label_is_doubted_the_surest_first() -> None:
    one = answers([0.2, 0.8], [0.1, 0.9], [0.3, 0.7], [0.1, 0.9])
    other = answers([0.4, 0.6], [0.3, 0.7], [0.9, 0.1], [0.2, 0.8])
    found = doubts([one, other])  # the third is not agreed upon, the fourth is right
    assert found.positions.tolist() == [1, 0]
    assert found.answers.tolist() == [1, 1]
    np.testing.assert_allclose(found.confidence, [0.7, 0.6])
