"""Predictions: what the chosen snapshot answers to the test images, and where it goes wrong."""

import streamlit as st

from core import cached
from core.charts.bars import bars, percent, probability_bars
from core.charts.confusion import mistakes
from core.charts.numbers import spelled
from core.data.dataset import Dataset
from core.model.answers import Answers
from core.model.evaluation import Evaluation
from core.training.snapshot import Snapshot
from pages.predictions import calibration, takehome
from pages.predictions.answers import choose_answers, chosen_answer, chosen_cell, favorite_mistake, score, test_answers
from pages.predictions.confusion import confusion_table
from pages.shared import lesson
from pages.shared.mosaic import mosaic
from pages.shared.picture import image
from pages.shared.sidebar import current
from pages.shared.takehome import take_home

FREQUENT = 8
PICTURE = "clamp(4.4rem, (100vh - 22.4rem) / 5, 10rem)"  # five rows fill the window, whatever its height
QUESTION = "How well does it do on images it has never learned from?"


def draw_grid(dataset: Dataset, answers: Answers, shown: list[int], chosen: int) -> None:
    """Draw the pictures, each labeled "predicted (true)"."""
    names = dataset.class_names
    captions = [f"{names[answers.predicted[place]]} ({names[answers.labels[place]]})" for place in shown]
    mosaic(
        dataset.test.images[shown],
        key="predictions.mosaic",
        captions=captions,
        alts=[f"test image {dataset.test.indices[place]}: {text}" for place, text in zip(shown, captions, strict=True)],
        marks=["right" if answers.right[place] else "wrong" for place in shown],
        selected=shown.index(chosen),
        cell="10rem",
        picture=PICTURE,
    )


def draw_answer(dataset: Dataset, answers: Answers, chosen: int) -> None:
    """Draw one image and the probability of every class."""
    names, true = dataset.class_names, int(answers.labels[chosen])
    verdict = "right" if answers.right[chosen] else "wrong"
    picture, words = st.columns([1, 2], gap="small", vertical_alignment="center", wrap=False)
    with picture:
        image(dataset.test.images[chosen], f"test image of class {names[true]}")
    with words:
        lesson.facts(
            test_image=f"{dataset.test.indices[chosen]:,}", answer=f"{names[answers.predicted[chosen]]}, {verdict}"
        )
    logits = f"the {spelled(dataset.classes)} logits"
    how = f"Softmax turns {logits} into these probabilities; the answer is their argmax, the largest."
    st.html(f'{probability_bars(answers.probabilities[chosen], names, true=true)}<p class="lesson-note">{how}</p>')


def draw_confusion(dataset: Dataset, evaluation: Evaluation, *, selectable: bool) -> None:
    """Draw the confusion matrix and the most frequent mistakes."""
    names = dataset.class_names
    left, right = st.columns([11, 8], gap="large")
    with left:
        selected = chosen_cell(names) if selectable else None
        key = "predictions.confusion" if selectable else "predictions.stored_confusion"
        confusion_table(evaluation.confusion, names, key=key, selected=selected, selectable=selectable)
    with right:
        found = mistakes(evaluation.confusion)[:FREQUENT]
        labels = [f"{names[mistake.true]} taken for {names[mistake.predicted]}" for mistake in found]
        st.markdown("Most frequent mistakes, as a share of the true class")
        shares = [mistake.share for mistake in found]
        st.html(bars(labels, shares, [percent(share) for share in shares], label="Most frequent mistakes"))
        if selectable:
            shows = "on a cell of the matrix shows its images above, the most confident first."
            lesson.note(f"A click {shows}", tapped=f"A tap {shows}")


def draw_page(dataset: Dataset, snapshot: Snapshot, answers: Answers) -> None:
    """Draw the grid beside the chosen image, then the confusion matrix."""
    run = snapshot.run
    left, right = st.columns([11, 9], gap="medium")
    with right:
        shown = choose_answers(answers, dataset.class_names)
    if shown:
        chosen = chosen_answer(dataset, shown)
        with left:
            draw_grid(dataset, answers, shown, chosen)
        with right:
            draw_answer(dataset, answers, chosen)
    else:
        left.info("No test image fits these choices. Choose another class, or show all.")
    evaluation = cached.evaluation(dataset.name, snapshot)
    lesson.insight(favorite_mistake(dataset, evaluation))
    stored = snapshot.evaluation()
    reported = stored if stored is not None and stored.n > len(answers.labels) else evaluation
    take_home("predictions.home", lambda: takehome.offer(dataset, snapshot, answers, reported, shown))
    if run.config.recipe.validation == "test":
        lesson.note(
            "As in the tutorial, these test images were its validation data too. Watching them flatters nothing; "
            "whoever chooses an epoch, a run or a setting by them sees figures that are a little too kind."
        )
    if reported is not evaluation:
        place = run.config.data_note or "as stored with the run"
        lead = f"Of the {reported.n:,} images the run was validated on, {place}: {percent(reported.accuracy)} right."
    else:
        lead = f"Of all {len(answers.labels):,} test images."
    lesson.heading("Confusion matrix", lead)
    draw_confusion(dataset, reported, selectable=reported is evaluation)
    calibration.draw(reported, key="predictions.calibration")


def draw(dataset: Dataset, snapshot: Snapshot) -> None:
    """Draw the title with the score as soon as the answers are there, and the page below."""
    title = st.container()
    answers = test_answers(dataset, snapshot)
    with title:
        lesson.opening("Predictions", score(dataset, answers) if answers else QUESTION)
    if answers is not None:
        draw_page(dataset, snapshot, answers)


selection = current()
with lesson.explained():
    if selection.snapshot is None:
        lesson.opening("Predictions", QUESTION)
        st.info(selection.missing)
    else:
        draw(selection.dataset, selection.snapshot)
