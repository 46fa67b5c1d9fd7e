import re

import pytest

from pages.shared.glossary import WORDS


def meaning(text: str) -> set[str]:
    """The words of the glossary that stand in a text."""
    return {word.name for word in WORDS if re.search(word.pattern, text, 0 if word.exact else re.IGNORECASE)}


@pytest.mark.parametrize("word", WORDS, ids=lambda word: word.name)
def test_every_word_is_explained_in_a_calm_sentence(word) -> None:
    assert word.says[0].isupper() or word.says[0].isdigit()
    assert word.says.endswith(".") and 30 < len(word.says) < 280


def test_names_are_those_of_different_words() -> None:
    assert len({word.name for word in WORDS}) == len(WORDS)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Filters and a FILTER", {"filter"}),
        ("kernel_initializer, mid-stride, batches", {"batch"}),
        ("conv2d_1 is a Conv2D", {"layer name"}),
        ("reluctant", set()),
        ("re-encoded CIFAR-10", {"re-encoded"}),
        ("validation accuracy; the loss, the losses", {"validation", "loss"}),
    ],
)
def test_whole_words_are_found(text: str, words: set[str]) -> None:
    assert meaning(text) == words


@pytest.mark.parametrize(
    ("name", "fact"),
    [
        ("stride", "chosen, not learned"),
        ("padding", "chosen, not learned"),
        ("kernel", "Its size is chosen"),
        ("filter", "order of filters is arbitrary"),
        ("near-duplicate", "3.3 %"),
        ("near-duplicate", "Barz and Denzler 2020"),
        ("re-encoded", "its accuracy on the official images differs"),
        ("dead filter", "A map of zeros for one image is no such proof"),
        ("loss", "Sparse categorical cross-entropy"),
    ],
)
def test_what_is_easily_misunderstood_is_said(name: str, fact: str) -> None:
    assert fact in next(word.says for word in WORDS if word.name == name)
