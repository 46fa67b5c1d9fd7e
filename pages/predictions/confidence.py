"""Is the network right as often as it claims to be, and what does it claim of pictures it knows nothing of?"""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core import cached
from core.charts.bars import percent
from core.charts.numbers import counted
from core.charts.reliability import reliability_diagram
from core.data import strangers
from core.model.quality import temperature
from core.model.quality.answers import Answers
from core.model.quality.evaluation import Evaluation, evaluate, softmax
from pages.predictions.answers import Answered
from pages.shared import lesson
from pages.shared.choices import OneOf
from pages.shared.mosaic import mosaic

SURE = 0.9
_SURE = f"{100 * SURE:.0f} %"
FEWEST = 200
"""Of fewer images no temperature is fitted."""
STRANGERS_SHOWN = 8
_STEPS = tuple(round(0.05 * step, 2) for step in range(5, 81))  # from temperature.LOWEST to temperature.HIGHEST
_TEMPERATURE = OneOf("predictions.temperature", _STEPS, usual=1.0, words=lambda step: f"{step:.2f}")


def draw(answered: Answered) -> None:
    """Draw the reliability diagram beside the temperature, and what the network says of strangers."""
    left, right = st.columns([11, 9], gap="large")
    fits = answered.stored is None and answered.evaluation.n >= FEWEST
    with right:
        step, evaluation = _choose_temperature(answered) if fits else (1.0, answered.reported)
        _draw_figures(evaluation)
        if not fits:
            lesson.note(f"Of {answered.on}.")
        lesson.note(sure_and_wrong(answered.answers, step))
    with left:
        figure = reliability_diagram(evaluation.bin_confidence, evaluation.bin_accuracy, evaluation.bin_count)
        alt = "Accuracy over confidence; on the dashed diagonal both are equal"
        st.plotly_chart(
            figure, height="stretch", config={"displayModeBar": False}, key="predictions.reliability", alt=alt
        )
    lesson.insight(verdict(evaluation))
    lesson.heading("What it has never seen", "How sure is it of pictures that show none of its classes?")
    lesson.when_warm(lambda: _draw_strangers(answered, step))


def _choose_temperature(answered: Answered) -> tuple[float, Evaluation]:
    """Draw the choice of the temperature; return it with the evaluation of the half that reports."""
    answers = answered.answers
    fit, report = temperature.halves(len(answers.labels))
    best = cached.temperature(answered.dataset.name, answered.snapshot)
    step = _TEMPERATURE.slider("Temperature: the logits are divided by it")
    nearest = min(_STEPS, key=lambda each: abs(each - best))
    st.button(f"Fitted: {best:.2f}", on_click=_TEMPERATURE.choose, args=(nearest,), disabled=step == nearest)
    lesson.note(
        f"Fitted on {len(fit):,} of the test images by the smallest loss (Guo et al. 2017), as the runs keep no images "
        f"back for it; the figures here are of the other {len(report):,}. No temperature changes an answer."
    )
    return step, evaluate(answers.logits[report] / step, answers.labels[report])


def _draw_figures(evaluation: Evaluation) -> None:
    lesson.facts(
        right=percent(evaluation.accuracy),
        claimed=percent(evaluation.confidence),
        off_by=f"{100 * evaluation.calibration_error:.1f} points",
        loss=f"{evaluation.loss:.3f}",
    )


def sure_and_wrong(answers: Answers, step: float) -> str:
    """Say how many of the answers that are surer than SURE at a temperature are wrong."""
    sure = softmax(answers.logits / step).max(axis=1) > SURE
    count, wrong = int(sure.sum()), int((sure & ~answers.right).sum())
    if not count:
        return f"Of none of the {len(sure):,} images it is more than {_SURE} sure."
    are = counted(wrong, "of these is", "of these are") if wrong else "none of these is"
    return f"Of the {len(sure):,} images it is more than {_SURE} sure of {count:,}: {are} wrong."


def _draw_strangers(answered: Answered, step: float) -> None:
    """Draw the first images of noise and of other things, each with the answer, and how sure the network is of all."""
    found = cached.strangers_logits(answered.dataset.family, answered.snapshot)
    for name, images in strangers.of(answered.dataset.family).items():
        st.markdown(strangers_sentence(name, found[name] / step))
        chances = softmax(found[name][:STRANGERS_SHOWN] / step)
        captions = [f"{answered.dataset.class_names[row.argmax()]} {percent(row.max())}" for row in chances]
        first = images[: len(captions)]
        mosaic(first, key=f"predictions.{name}", captions=captions, columns=8, cell="7rem", selectable=False)


def strangers_sentence(name: str, logits: NDArray[np.float64]) -> str:
    """Say how sure a network is of images of something else, given its logits (n, classes)."""
    claimed = softmax(logits).max(axis=1)
    mean, sure = percent(float(claimed.mean())), int((claimed > SURE).sum())
    return f"{len(claimed)} {name}: {mean} sure on average, more than {_SURE} sure of {sure or 'none'} of them."


def verdict(evaluation: Evaluation) -> str:
    """Say on which side of the dashed line a network's answers lie, and how far off they are."""
    claimed, right = evaluation.confidence, evaluation.accuracy
    above = evaluation.bin_count[evaluation.bin_accuracy > evaluation.bin_confidence].sum() / max(evaluation.n, 1)
    points = 100 * (claimed - right)
    figures = f"on average it claims {percent(claimed)} and is right {percent(right)} of the time"
    if abs(points) < 1:
        judgment = f"It is about as sure as it should be: {figures}."
    elif points > 0:
        judgment = (
            f"It is too sure of itself: {figures}. "
            f"{_part(1 - above)} of its answers are in groups below the dashed line."
        )
    else:
        judgment = (
            f"It is not sure enough: {figures}. {_part(above)} of its answers are in groups above the dashed line."
        )
    off = f"{100 * evaluation.calibration_error:.1f} points"
    return f"{judgment} Group by group it is off by {off}: its calibration error."


def _part(share: float) -> str:
    return "All" if share >= 0.9995 else percent(share)
