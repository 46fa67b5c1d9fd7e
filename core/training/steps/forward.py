"""The network as a training step computes it: its own numbers, arranged so that their gradients cost less.

Keras networks stay as they are, in memory and on disk; only the path from pixels to logits within a step is walked
here, layer by layer. Three things are computed otherwise than Keras would, and why:

- `Conv2D` with ReLU, then `MaxPooling2D` (every network that follows the lesson). Taking the maximum and then ReLU
  gives what ReLU and then the maximum give, so the gradient of ReLU and the sum for the bias can be taken from the
  pooled maps: a quarter of the values for 2 x 2 windows. The forward pass is untouched, so the same values win. Left to
  itself, TensorFlow also binds the bias's gradient to the kernel's, which for few input channels costs twice as much.
- Unpadded convolutions and poolings at the start. Where a window does not fit at the edge, it is left out, and what
  only it would have seen is computed for nothing: of the tutorial's 32 x 32 pixels the last two rows and columns reach
  no logit, and of its second convolution's 13 x 13 values the second pooling drops a row and a column.
- The gradient of max pooling side by side, after such a convolution. On the tutorial's first maps TensorFlow's own
  takes ten times as long as `pooling`'s without oneDNN's kernels, and oneDNN's twice as long without AVX-512; with
  AVX-512 it is the fastest and stays.

Everything else is Keras' own call: oneDNN's convolutions reach about four fifths of the speed of a matrix product.
Tried, and slower or no faster: patches times a matrix, forward and for a kernel's gradient, one row of a kernel at a
time too; the gradient by the maps as a convolution of padded slopes; a kernel's gradient as a convolution over the
batch; three kernel rows by fewer products (Winograd, of 2 and of 4 rows: what the products save the maps between them
cost); pooling by slices, and by XLA where oneDNN's is fast; any convolution by XLA; the batch in pieces that fit the
caches; Adam as one compiled function or as TensorFlow's own; a bias's gradient as a matrix product, or apart where no
pooling follows.
"""

from collections import Counter
from collections.abc import Callable

import keras
import tensorflow as tf

from core.model.construction import processor
from core.training.steps import pooling

_Pair = tuple[int, int]


def training_pass(network: keras.Model) -> Callable[[tf.Tensor], tf.Tensor]:
    """Return what equals `network(pixels, training=True)`, gradients and updates included, for less work.

    Args:
        network: a functional model of one input and one output in which each layer is called once.
    """
    consumers = Counter(id(tensor) for layer in network.layers for tensor in _inputs(layer))
    rows, columns = _needed(network, consumers)
    pooled_by = {
        id(layer.input): layer
        for layer in network.layers
        if isinstance(layer, keras.layers.MaxPooling2D) and consumers[id(layer.input)] == 1
    }

    def call(pixels: tf.Tensor) -> tf.Tensor:
        values = {id(network.inputs[0]): pixels[:, :rows, :columns]}
        for layer in network.layers:
            if isinstance(layer, keras.layers.InputLayer) or id(layer.output) in values:
                continue
            taken = [values[id(tensor)] for tensor in _inputs(layer)]
            pool = pooled_by.get(id(layer.output))
            if pool is not None and _has_cheaper_gradient(layer):
                # What lies between the two is never asked for: the pooling is its only consumer.
                values[id(pool.output)] = _convolve_and_pool(layer, pool, taken[0])
            else:
                values[id(layer.output)] = layer(taken[0] if len(taken) == 1 else taken, training=True)
        return values[id(network.outputs[0])]

    return call


def _inputs(layer: keras.layers.Layer) -> list[keras.KerasTensor]:
    if isinstance(layer, keras.layers.InputLayer):
        return []
    return layer.input if isinstance(layer.input, list) else [layer.input]


def _needed(network: keras.Model, consumers: Counter[int]) -> _Pair:
    """Return how many rows and columns of the image, from the first, the logits depend on."""
    windows: list[tuple[_Pair, _Pair]] = []
    whole = network.inputs[0].shape[1:3]
    for layer in network.layers[1:]:
        if not isinstance(layer, keras.layers.Rescaling):
            window = _unpadded_window(layer)
            if window is None or consumers[id(layer.input)] != 1:
                break
            windows.append(window)
        whole = layer.output.shape[1:3]
    rows, columns = whole
    for (height, width), (down, across) in reversed(windows):
        rows, columns = (rows - 1) * down + height, (columns - 1) * across + width
    return rows, columns


def _unpadded_window(layer: keras.layers.Layer) -> tuple[_Pair, _Pair] | None:
    """Return size and strides of the window that `layer` slides within its input; None for any other layer."""
    if getattr(layer, "padding", None) != "valid":
        return None
    if isinstance(layer, keras.layers.MaxPooling2D | keras.layers.AveragePooling2D):
        return tuple(layer.pool_size), tuple(layer.strides)
    if isinstance(layer, keras.layers.Conv2D) and tuple(layer.dilation_rate) == (1, 1):
        return tuple(layer.kernel_size), tuple(layer.strides)
    return None


def _has_cheaper_gradient(layer: keras.layers.Layer) -> bool:
    """Whether `layer` is a convolution with something to take from the pooled maps: ReLU, a bias or both."""
    return (
        isinstance(layer, keras.layers.Conv2D)
        and layer.activation in (keras.activations.relu, keras.activations.linear)
        and tuple(layer.dilation_rate) == (1, 1)
        and layer.groups == 1
        and (layer.use_bias or layer.activation is keras.activations.relu)
    )


def _compares_maps(layer: keras.layers.MaxPooling2D) -> bool:
    """Whether our own gradient of pooling takes the place of TensorFlow's: windows side by side, and theirs is slow."""
    return (
        not processor.pools_fast()
        and processor.compiles()
        and tuple(layer.strides) == tuple(layer.pool_size)
        and layer.padding == "valid"
        and layer.pool_size[0] * layer.pool_size[1] <= pooling.LARGEST
    )


def _pooled(layer: keras.layers.MaxPooling2D, maps: tf.Tensor) -> tuple[tf.Tensor, Callable[[tf.Tensor], tf.Tensor]]:
    """Return what `layer` makes of `maps`, and what makes the gradient by `maps` of that by the result."""
    size = tuple(layer.pool_size)
    window = {"ksize": [1, *size, 1], "strides": [1, *layer.strides, 1], "padding": layer.padding.upper()}
    largest = tf.nn.max_pool2d(maps, **window)
    if _compares_maps(layer):
        return largest, lambda slopes: pooling.slopes_of_winners(slopes, maps, largest, size)
    return largest, lambda slopes: tf.raw_ops.MaxPoolGrad(orig_input=maps, orig_output=largest, grad=slopes, **window)


def _convolve_and_pool(convolution: keras.layers.Conv2D, pool: keras.layers.MaxPooling2D, maps: tf.Tensor) -> tf.Tensor:
    """Return the pooled feature maps of both layers; the gradient passes ReLU and bias after pooling."""
    dtype = convolution.compute_dtype
    relu = convolution.activation is keras.activations.relu
    strides, padding = [1, *convolution.strides, 1], convolution.padding.upper()

    @tf.custom_gradient
    def compute(maps: tf.Tensor, kernel: tf.Tensor, bias: tf.Tensor):  # type: ignore[no-untyped-def]
        full = tf.nn.bias_add(tf.nn.conv2d(maps, kernel, strides, padding), bias)
        full = tf.nn.relu(full) if relu else full
        pooled, by_maps = _pooled(pool, full)

        def gradient(slope: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
            if relu:
                slope = tf.raw_ops.ReluGrad(gradients=slope, features=pooled)
            # Over images first: two short sums lose less to rounding than one of a hundred thousand terms.
            of_bias = tf.raw_ops.BiasAddGrad(out_backprop=tf.reduce_sum(slope, axis=0))
            slope = by_maps(slope)
            of_kernel = tf.raw_ops.Conv2DBackpropFilter(
                input=maps, filter_sizes=kernel.shape, out_backprop=slope, strides=strides, padding=padding
            )
            of_maps = tf.raw_ops.Conv2DBackpropInput(
                input_sizes=tf.shape(maps), filter=kernel, out_backprop=slope, strides=strides, padding=padding
            )
            return of_maps, of_kernel, of_bias

        return pooled, gradient

    bias = convolution.bias if convolution.use_bias else tf.zeros(convolution.filters)
    return compute(tf.cast(maps, dtype), tf.cast(convolution.kernel, dtype), tf.cast(bias, dtype))
