"""What goes on under the stage: the code, the comparison with Keras, two kernels in a row."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.charts import color
from core.charts.numbers import signed as number
from core.config import CHANNELS
from core.errors import KernelError
from core.model.inference import handmade
from core.ops import kernels
from core.ops.convolution import Operation, combine, convolution
from core.ops.geometry import Geometry
from pages.kernels.code import snippet
from pages.kernels.picture import StageImage, planes, responses
from pages.kernels.state import StageState
from pages.shared import lesson
from pages.shared.choices import OneOf

PANELS = {
    "code": "Show the code",
    "flip": "Convolution or not",
    "keras": "Compare with Keras",
    "row": "Two kernels in a row",
    "example": "Worked example",
    "tutorial": "Tutorial corrected",
}
WRONG_OR_UNSAID = (
    "Its “random” kernel is a Laplacian edge detector: eight times the middle minus its eight neighbors.",
    "Channel 0 is red, not blue.",
    "convolve2d turns the kernel by 180 degrees before it slides, Conv2D does not. On this kernel nobody notices: "
    "it looks the same turned. Try Sobel x.",
    "The display range 0 to 1 hides every negative response, and about half of an edge is negative. Choose Signed.",
    "“Darker patches are edges” is wrong: dark is flat as well as the negative side of an edge.",
)
ON_STAGE = "stage"


def draw(picture: StageImage, state: StageState, output: NDArray[np.float64]) -> None:
    """Draw the choice of panel and the chosen one; `output` is what `responses` gives for picture and state."""
    choice = OneOf("kernels.panel", tuple(PANELS), words=PANELS.__getitem__, optional=True, usual="code")
    chosen = choice.segments("Look closer", label_visibility="collapsed")
    drawings: dict[str, Callable[[], None]] = {
        "code": lambda: _code(picture, state, output),
        "flip": lambda: _flip(picture, state),
        "keras": lambda: lesson.when_warm(lambda: _keras(picture, state)),
        "row": lambda: _in_a_row(picture, state),
        "example": _example,
        "tutorial": _corrections,
    }
    if chosen:
        with lesson.explained():
            drawings[chosen]()


def _code(picture: StageImage, state: StageState, output: NDArray[np.float64]) -> None:
    st.code(snippet(picture, state), language="python")
    lesson.note(f"It prints {output.shape}, {output.min():.6g} and {output.max():.6g}: the numbers on the stage.")


def _flip(picture: StageImage, state: StageState) -> None:
    written, turned = (responses(picture, replace(state, flip=flip))[..., 0] for flip in (False, True))
    limit = float(np.abs([written, turned]).max())
    left, middle, right = st.columns(3)
    with left:
        _map(written, limit, "Cross-correlation, as Conv2D", "The picture under the kernel as it is written")
    with middle:
        _map(turned, limit, "Convolution, as convolve2d", "The picture under the kernel turned by 180 degrees")
    with right:
        _map(written - turned, None, "Their difference, in a range of its own", "The difference of the two")
    if np.array_equal(state.weights, state.weights[::-1, ::-1]):
        lesson.insight(
            "This kernel looks the same turned by 180 degrees, so both agree. Try Sobel x: there it matters."
        )
    else:
        lesson.insight(
            "The kernel looks different turned by 180 degrees, and so does the answer. Networks do not care: "
            "they learn the kernel the right way round for the operation they use."
        )


def _keras(picture: StageImage, state: StageState) -> None:
    seen, weights = planes(picture, state), state.weights
    adds = weights.shape[2] == seen.shape[2]
    results = {
        dtype: [
            handmade.compare(image, weights if adds else weights[..., :1], state.operation, dtype=dtype)
            for image in ([seen] if adds else np.split(seen, seen.shape[2], axis=2))
        ]
        for dtype in ("float64", "float32")
    }
    largest = {dtype: max(result.largest_difference for result in found) for dtype, found in results.items()}
    found = results["float64"]
    limit = float(np.abs([[result.ours, result.keras] for result in found]).max())
    columns, several = st.columns(3), len(found) > 1
    for place, result in enumerate(found):
        channel = f", {CHANNELS[place]}" if several else ""
        with columns[place]:
            _map(result.ours, limit, f"Convscope{channel}", f"Our own arithmetic in NumPy{channel}")
        with columns[place if several else 1]:
            _map(result.keras, limit, f"Conv2D{channel}", f"The same kernel in a Keras Conv2D{channel}")
    with st.container() if several else columns[2]:
        lesson.facts(
            largest_difference_in_float64=number(largest["float64"], ".2g"),
            largest_difference_in_float32=number(largest["float32"], ".2g"),
        )
        lesson.note(f"Networks compute in float32: about seven digits. The rest is rounding. {found[0].remark}")
    if state.flip:
        lesson.insight("Conv2D never turns the kernel. To convolve with it, turn the kernel by 180 degrees yourself.")
    else:
        lesson.insight("What Keras calls convolution is cross-correlation: the kernel is used as it is written.")


def _in_a_row(picture: StageImage, state: StageState) -> None:
    named = [name for name, entry in kernels.KERNELS.items() if 3 in entry.sizes]
    with st.container(horizontal=True):
        first = _choose("First", named, "gaussian", "kernels.first", state)
        second = _choose("Then", named, "laplacian", "kernels.second", state)
    combined = combine(first, second)
    operation = Operation(geometry=Geometry(padding="none"), flip=state.flip)
    plane = planes(picture, state)[..., 0]
    if min(plane.shape) < len(combined):
        raise KernelError(
            f"Expected at least {len(combined)} pixels in both directions. "
            f"Received {plane.shape[0]} × {plane.shape[1]}. Choose a larger picture."
        )
    halfway = convolution(plane, first, operation)
    in_a_row = convolution(halfway, second, operation)
    at_once = convolution(plane, combined, operation)
    columns = st.columns(3)
    with columns[0]:
        _map(halfway, None, "After the first kernel", "The picture after the first kernel", signed=halfway.min() < 0)
    limit = float(np.abs(in_a_row).max())
    with columns[1]:
        _map(in_a_row, limit, "After both", "The picture after both kernels")
    with columns[2]:
        title = f"The combined kernel, {len(combined)} × {len(combined)}, once"
        _map(at_once, limit, title, "The picture after the combined kernel")
    lesson.facts(largest_difference=number(np.abs(in_a_row - at_once).max(), ".2g"))
    st.table([[number(weight, ".4g") for weight in row] for row in combined], border="horizontal", width="content")
    lesson.note("Stride 1, no padding, the first plane of the stage; the combined kernel is their full convolution.")
    lesson.insight("Two kernels in a row are one larger kernel. Only an activation between them makes depth worth it.")


def _corrections() -> None:
    lesson.note("What the tutorial gets wrong, or leaves unsaid:")
    lesson.points(*WRONG_OR_UNSAID)


def _example() -> None:
    st.markdown(
        "The nine numbers 0 to 8, kernel [[0, 1], [2, 3]], no padding: choose “Numbers” above and slide through it.\n\n"
        "0·0 + 1·1 + 3·2 + 4·3 = **19**, then one step to the right 1·0 + 2·1 + 4·2 + 5·3 = **25**, "
        "and in the second row **37** and **43**. "
        "True convolution turns the kernel first, and the first output pixel is 0·3 + 1·2 + 3·1 + 4·0 = **5**."
    )


def _choose(label: str, names: list[str], default: str, key: str, state: StageState) -> NDArray[np.float64]:
    titles = {ON_STAGE: "The one on the stage"} | {name: kernels.KERNELS[name].title for name in names}
    name = OneOf(key, tuple(titles), words=titles.__getitem__, usual=default).select(label, width=240)
    return state.weights[..., 0] if name == ON_STAGE else kernels.kernel(name, 3)


def _map(values: NDArray[np.float64], limit: float | None, title: str, alt: str, *, signed: bool = True) -> None:
    pixels = color.signed(values, limit) if signed else color.gray(values)
    caption = f"{title}: min {number(values.min(), '.4g')}, max {number(values.max(), '.4g')}"
    lesson.picture(pixels, alt, caption=caption)
