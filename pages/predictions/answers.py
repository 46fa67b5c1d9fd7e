"""The chosen snapshot's answers to the test images: stored ones at once, others computed while the page waits."""

from dataclasses import dataclass

from core import cached
from core.charts.bars import percent
from core.charts.confusion import mistakes
from core.data.dataset import Dataset
from core.model.inference import warm
from core.model.quality.answers import Answers
from core.model.quality.evaluation import Evaluation
from core.training.runs.snapshot import Snapshot
from pages.shared import lesson
from pages.shared.waiting import result


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A snapshot, and what it answers to the test images of a data set.

    Attributes:
        dataset: whose test images.
        snapshot: of the network that answered.
        answers: to all of these test images.
        evaluation: how good these answers are.
        stored: how good those to more images are, which the run was validated on and which are not at hand; else None.
    """

    dataset: Dataset
    snapshot: Snapshot
    answers: Answers
    evaluation: Evaluation
    stored: Evaluation | None

    @classmethod
    def of(cls, dataset: Dataset, snapshot: Snapshot, answers: Answers) -> "Answered":
        """Build from the answers."""
        evaluation, stored = cached.evaluation(dataset.name, snapshot), snapshot.evaluation()
        more = stored if stored is not None and stored.n > evaluation.n else None
        return cls(dataset=dataset, snapshot=snapshot, answers=answers, evaluation=evaluation, stored=more)

    @property
    def reported(self) -> Evaluation:
        """The evaluation on the most images."""
        return self.stored or self.evaluation

    @property
    def on(self) -> str:
        """On how many images `reported` is, and on which, as a sentence goes on after "Of"."""
        if self.stored is None:
            return f"all {self.evaluation.n:,} test images"
        place = self.snapshot.run.config.data_note or "as stored with the run"
        return f"the {self.stored.n:,} images the run was validated on, {place}"


def test_answers(dataset: Dataset, snapshot: Snapshot) -> Answered | None:
    """Return the answers, or draw how far they are and return None; the page is drawn anew when they are there.

    Logits stored with the run are used only when they were made on these very images.
    """
    stored = cached.stored_answers(dataset.name, snapshot)
    if stored is not None:
        return Answered.of(dataset, snapshot, stored)
    if not warm.is_warm():
        lesson.when_warm(lambda: None)
        return None
    asked = "The network answers {total} test images: {count} done."
    if result(cached.test_scoring, dataset.name, snapshot, text=asked, key="predictions.scoring") is None:
        return None
    return Answered.of(dataset, snapshot, cached.computed_answers(dataset.name, snapshot))


def score(answered: Answered) -> str:
    """Say how many test images were answered correctly; `favorite_mistake` says on which data."""
    n, right = len(answered.answers.labels), int(answered.answers.right.sum())
    return f"{right:,} of {n:,} test images right: {percent(right / n)}."


def favorite_mistake(answered: Answered, evaluation: Evaluation) -> str:
    """Say which mistake of an evaluation is the most frequent one, and on which data."""
    found = mistakes(evaluation.confusion)
    if not found:
        return "Every one of these images is answered correctly."
    first, names = found[0], answered.dataset.class_names
    images = round(first.count / first.share)
    where = answered.dataset.figures_note or f"on {answered.dataset.title}"
    if evaluation is answered.stored:
        where = answered.snapshot.run.config.data_note or "as stored with the run"
    kind = f"{names[first.true]} taken for {names[first.predicted]}"
    return f"{where[0].upper()}{where[1:]} its most frequent mistake is {kind}, {first.count} of {images:,} times."
