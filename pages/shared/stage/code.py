"""The code of what is on the stage: a snippet that runs on its own and computes the same numbers."""

import numpy as np
from numpy.typing import NDArray

from core.ops.geometry import NUMPY_BORDER
from pages.shared.stage.picture import Picture, planes
from pages.shared.stage.state import StageState


def snippet(picture: Picture, state: StageState) -> str:
    """Return Python code: SciPy's `output`, then the same by a Keras `Conv2D` as `keras_output`, both (h, w, maps)."""
    return "\n\n".join(
        [_imports(state), picture.code, _channels(picture, state), _scipy(picture, state), _keras(picture, state)]
    )


def _imports(state: StageState) -> str:
    function = "convolve2d" if state.flip else "correlate2d"
    return f"import keras\nimport numpy as np\nfrom scipy.signal import {function}"


def _channels(picture: Picture, state: StageState) -> str:
    if picture.pixels.shape[2] == 1 or state.colour in ("each", "filter"):
        return "planes = image                      # (height, width, channels)"
    if state.colour == "grey":
        return "planes = image @ np.array([[0.299], [0.587], [0.114]])  # grey, (height, width, 1)"
    channel = ("red", "green", "blue").index(state.colour)
    return f"planes = image[..., {channel} : {channel + 1}]          # channel {channel} is {state.colour}"


def _scipy(picture: Picture, state: StageState) -> str:
    lines = [f"kernels = np.array({_numbers(_kernels(picture, state))})  # one for each plane"]
    height, width = picture.pixels.shape[:2]
    geometry = state.operation.geometry
    pads = [geometry.pads(size, state.taps) for size in (height, width)]
    operation = "convolve2d" if state.flip else "correlate2d"
    half = (state.taps - 1) // 2
    tutorial = (
        state.padding == "same" and state.border == "zero" and state.stride == state.dilation == 1
        and state.taps % 2 == 1 and pads == [(half, half)] * 2
    )  # fmt: skip
    if state.dilation > 1:
        span = geometry.span(state.taps)
        lines += [
            f"spread = np.zeros((len(kernels), {span}, {span}))",
            f"spread[:, ::{state.dilation}, ::{state.dilation}] = kernels  # dilation {state.dilation}",
        ]
    source = "spread" if state.dilation > 1 else "kernels"
    if tutorial and picture.pixels.shape[0] >= state.taps and picture.pixels.shape[1] >= state.taps:
        term = f'{operation}(plane, kernel, mode="same")'
        lines.append("stack = planes.transpose(2, 0, 1)")
    else:
        mode = NUMPY_BORDER[state.border]
        lines.append(f'stack = np.pad(planes, ({pads[0]}, {pads[1]}, (0, 0)), mode="{mode}").transpose(2, 0, 1)')
        step = f"[::{state.stride}, ::{state.stride}]" if state.stride > 1 else ""
        term = f'{operation}(plane, kernel, mode="valid"){step}'
    lines.append(f"maps = [{term} for plane, kernel in zip(stack, {source})]")
    combined = "sum(maps)[..., None]" if _adds(picture, state) else "np.stack(maps, axis=-1)"
    result = combined + (f" + {_number(state.bias)}" if state.bias else "")
    lines.append(f"output = np.maximum({result}, 0)" if state.relu else f"output = {result}")
    lines.append("print(output.shape, output.min(), output.max())")
    return "\n".join(lines)


def _keras(picture: Picture, state: StageState) -> str:
    geometry = state.operation.geometry
    height, width = picture.pixels.shape[:2]
    pads = [geometry.pads(size, state.taps) for size in (height, width)]
    adds = _adds(picture, state)
    refused = state.stride > 1 and state.dilation > 1
    arguments = [f"1, {state.taps}"]
    if state.stride > 1 and not refused:
        arguments.append(f"strides={state.stride}")
    if state.dilation > 1:
        arguments.append(f"dilation_rate={state.dilation}")
    if state.relu:
        arguments.append('activation="relu"')
    arguments.append('dtype="float64"')
    mode = NUMPY_BORDER[state.border]
    lines = [
        f'padded = np.pad(planes, ({pads[0]}, {pads[1]}, (0, 0)), mode="{mode}")',
        f"layer = keras.layers.Conv2D({', '.join(arguments)})",
    ]
    turned = "[:, ::-1, ::-1]" if state.flip else ""
    comment = "  # Conv2D does not turn the kernel: we do" if state.flip else ""
    if adds:
        lines += [
            "images = padded[None]                    # one image, three channels",
            f"weights = kernels{turned}.transpose(1, 2, 0)[..., None]{comment}",
        ]
    else:
        lines += [
            "images = padded.transpose(2, 0, 1)[..., None]  # each plane is an image of one channel",
            f"weights = kernels[:1]{turned}.transpose(1, 2, 0)[..., None]{comment}",
        ]
    lines += [
        "layer.build(images.shape)",
        f"layer.set_weights([weights, np.array([{_number(state.bias)}])])",
        "keras_output = np.asarray(layer(images))[..., 0].transpose(1, 2, 0)",
    ]
    if refused:
        step = f"::{state.stride}"
        lines.append(f"keras_output = keras_output[{step}, {step}]  # Keras refuses stride together with dilation")
    lines.append("print(np.abs(keras_output - output).max())")
    return "\n".join(lines)


def _kernels(picture: Picture, state: StageState) -> NDArray[np.float64]:  # (planes, taps, taps)
    weights = state.weights.transpose(2, 0, 1)
    return np.repeat(weights[:1], planes(picture, state).shape[2], axis=0) if not _adds(picture, state) else weights


def _adds(picture: Picture, state: StageState) -> bool:
    return state.colour == "filter" and picture.pixels.shape[2] == 3


def _numbers(kernels: NDArray[np.float64]) -> str:
    def rows(kernel: NDArray[np.float64]) -> str:
        return "[" + ",\n    ".join("[" + ", ".join(_number(weight) for weight in row) + "]" for row in kernel) + "]"

    return "[\n    " + ",\n    ".join(rows(kernel) for kernel in kernels) + ",\n]"


def _number(value: float) -> str:
    return f"{value:.1f}" if float(value).is_integer() else repr(float(value))
