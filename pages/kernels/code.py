"""The code of what is on the stage: a snippet that runs on its own and computes the same numbers."""

import numpy as np
from numpy.typing import NDArray

from core.config import CHANNELS
from core.ops.geometry import NUMPY_BORDER
from pages.kernels.picture import StageImage, planes
from pages.kernels.state import StageState


def snippet(picture: StageImage, state: StageState) -> str:
    """Return Python code: SciPy's `output`, then the same by a Keras `Conv2D` as `keras_output`, both (h, w, maps)."""
    parts = [_imports(state), picture.code, _planes(picture, state), _kernels(picture, state)]
    return "\n\n".join([*parts, _scipy(picture, state), _keras(picture, state)])


def _imports(state: StageState) -> str:
    return f"import keras\nimport numpy as np\nfrom scipy.signal import {_function(state)}"


def _function(state: StageState) -> str:
    return "convolve2d" if state.flip else "correlate2d"


def _planes(picture: StageImage, state: StageState) -> str:
    if picture.pixels.shape[2] == 1 or state.color in ("each", "filter"):
        return "planes = image                      # (height, width, channels)"
    if state.color == "gray":
        return "planes = image @ np.array([[0.299], [0.587], [0.114]])  # gray, (height, width, 1)"
    channel = CHANNELS.index(state.color)
    return f"planes = image[..., {channel} : {channel + 1}]          # channel {channel} is {state.color}"


def _kernels(picture: StageImage, state: StageState) -> str:
    lines = [f"kernels = np.array({_numbers(_weights(picture, state))})  # one for each plane"]
    if state.dilation > 1:
        span = state.operation.geometry.span(state.taps)
        lines += [
            f"spread = np.zeros((len(kernels), {span}, {span}))",
            f"spread[:, ::{state.dilation}, ::{state.dilation}] = kernels  # dilation {state.dilation}",
        ]
    return "\n".join(lines)


def _scipy(picture: StageImage, state: StageState) -> str:
    source = "spread" if state.dilation > 1 else "kernels"
    if _is_scipys_same(picture, state):
        stack, mode, step = "planes.transpose(2, 0, 1)", "same", ""
    else:
        stack, mode = f"{_padded(picture, state)}.transpose(2, 0, 1)", "valid"
        step = f"[::{state.stride}, ::{state.stride}]" if state.stride > 1 else ""
    result = "sum(maps)[..., None]" if _adds(picture, state) else "np.stack(maps, axis=-1)"
    if state.bias:
        result += f" + {_number(state.bias)}"
    if state.relu:
        result = f"np.maximum({result}, 0)"
    return "\n".join([
        f"stack = {stack}",
        f'maps = [{_function(state)}(plane, kernel, mode="{mode}"){step} for plane, kernel in zip(stack, {source})]',
        f"output = {result}",
        "print(output.shape, output.min(), output.max())",
    ])  # fmt: skip


def _keras(picture: StageImage, state: StageState) -> str:
    turned = "[:, ::-1, ::-1]" if state.flip else ""
    comment = "  # Conv2D does not turn the kernel: we do" if state.flip else ""
    if _adds(picture, state):
        images, kernels = "padded[None]                    # one image, three channels", "kernels"
    else:
        images, kernels = "padded.transpose(2, 0, 1)[..., None]  # each plane is an image of one channel", "kernels[:1]"
    lines = [
        f"padded = {_padded(picture, state)}",
        f"layer = keras.layers.Conv2D({_arguments(state)})",
        f"images = {images}",
        f"weights = {kernels}{turned}.transpose(1, 2, 0)[..., None]{comment}",
        "layer.build(images.shape)",
        f"layer.set_weights([weights, np.array([{_number(state.bias)}])])",
        "keras_output = np.asarray(layer(images))[..., 0].transpose(1, 2, 0)",
    ]
    if _refused(state):
        step = f"::{state.stride}"
        lines.append(f"keras_output = keras_output[{step}, {step}]  # Keras refuses stride together with dilation")
    return "\n".join([*lines, "print(np.abs(keras_output - output).max())"])


def _arguments(state: StageState) -> str:
    arguments = [f"1, {state.taps}"]
    if state.stride > 1 and not _refused(state):
        arguments.append(f"strides={state.stride}")
    if state.dilation > 1:
        arguments.append(f"dilation_rate={state.dilation}")
    if state.relu:
        arguments.append('activation="relu"')
    return ", ".join([*arguments, 'dtype="float64"'])


def _refused(state: StageState) -> bool:
    return state.stride > 1 and state.dilation > 1


def _is_scipys_same(picture: StageImage, state: StageState) -> bool:
    """Whether SciPy's mode="same" places the kernel as the stage does: the tutorial's own line of code."""
    plain = state.padding == "same" and state.border == "zero" and state.stride == state.dilation == 1
    return plain and state.taps % 2 == 1 and min(picture.pixels.shape[:2]) >= state.taps


def _padded(picture: StageImage, state: StageState) -> str:
    rows, columns = (state.operation.geometry.pads(size, state.taps) for size in picture.pixels.shape[:2])
    return f'np.pad(planes, ({rows}, {columns}, (0, 0)), mode="{NUMPY_BORDER[state.border]}")'


def _adds(picture: StageImage, state: StageState) -> bool:
    return state.color == "filter" and picture.pixels.shape[2] == 3


def _weights(picture: StageImage, state: StageState) -> NDArray[np.float64]:  # (planes, taps, taps)
    weights = state.weights.transpose(2, 0, 1)
    return weights if _adds(picture, state) else np.repeat(weights[:1], planes(picture, state).shape[2], axis=0)


def _numbers(kernels: NDArray[np.float64]) -> str:
    def rows(kernel: NDArray[np.float64]) -> str:
        return "[" + ",\n     ".join("[" + ", ".join(map(_number, row)) + "]" for row in kernel) + "]"

    return "[\n    " + ",\n    ".join(map(rows, kernels)) + ",\n]"


def _number(value: float) -> str:
    return f"{value:.1f}" if float(value).is_integer() else repr(float(value))
