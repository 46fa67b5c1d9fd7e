"""The pages of the lesson, in its order: a new page is its folder and one line here.

The page `name` is the folder `pages/name/`: the script `name.py`, whose stem is the last part of the address, what only
this page uses, and, for pages that are a stop of the route, `stop.py`, which draws the stop's picture.
"""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class LessonPage:
    """One page.

    Attributes:
        name: of its folder, of its script and in the address.
        question: what a visitor finds out there; the first page, from which the route starts, has none.
        unmoved: what the sidebar says under the snapshot's slider where little or nothing follows it.
    """

    name: str
    question: str = ""
    unmoved: str = ""

    @property
    def title(self) -> str:
        """What links call it."""
        return self.name.capitalize()

    @property
    def script(self) -> Path:
        """What a visit runs."""
        return Path(__file__).parent / self.name / f"{self.name}.py"


PAGES = (
    LessonPage("overview"),
    LessonPage("dataset", "What does a network get to see?", "Nothing on this page depends on it."),
    LessonPage("kernels", "What can nine numbers find?", "On this page only learned filters depend on it."),
    LessonPage("network", "How do layers add up?", "On this page only the feature map to pool depends on it."),
    LessonPage("learning", "How does a network find its numbers?"),
    LessonPage("training", "How far does it get?"),
    LessonPage("predictions", "What does it get right?"),
    LessonPage("activations", "What does it respond to?"),
    LessonPage("classify", "And your own picture?"),
)
