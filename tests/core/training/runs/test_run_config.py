import pytest

from core.data.dataset import Dataset
from core.errors import RunError, TrainingError
from core.model.structure.architecture import Architecture
from core.training.recipes import RECIPES
from core.training.runs.run_config import RunConfig, new_config


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  my run ", "my run"),
        ("one\ntwo\tthree", "one two three"),
        ("\x1b[31mred\x00\x7f", "[31mred"),
        ("\u202egnp.nur\u2066", "gnp.nur"),
        ("half \ud800 a pair", "half  a pair"),
        ("<b>&amp;</b>", "<b>&amp;</b>"),
        ("x" * 200, "x" * 80),
        ("\u202e\x00", "Digits recipe"),
    ],
)
def test_a_title_is_one_printable_line(digits: Dataset, typed: str, kept: str) -> None:
    config = new_config(digits, Architecture.tutorial(), RECIPES["digits"], title=typed)
    assert config.title == kept
    assert RunConfig.from_json(config.to_json()).title == kept


def test_a_network_of_other_classes_than_the_data_is_refused(digits: Dataset) -> None:
    with pytest.raises(TrainingError, match=r"10 logits.*Handwritten digits.*ends in 4"):
        new_config(digits, Architecture.tutorial(classes=4), RECIPES["digits"])


def test_a_config_whose_classes_contradict_its_network_is_damaged(digits: Dataset) -> None:
    data = new_config(digits, Architecture.tutorial(), RECIPES["digits"]).to_json()
    assert RunConfig.from_json(data).class_names == digits.class_names
    del data["class_names"]  # as runs of earlier versions
    assert RunConfig.from_json(data).class_names == digits.class_names
    with pytest.raises(RunError, match="3 classes and 10 logits"):
        RunConfig.from_json(data | {"class_names": ["a", "b", "c"]})
