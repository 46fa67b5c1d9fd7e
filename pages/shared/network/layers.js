/* What each kind of layer makes of its input, for one image, as Keras computes it.
 *
 * Maps lie in memory as in Keras: row after row, in a row pixel after pixel, of a pixel channel after channel; so do
 * kernels (height, width, in_channels, filters). Sums are added up in double precision. */

/**
 * @typedef {{ name: string, kind: string, label: string, inputs: number[], shape: number[], settings: any,
 *             activation: string | null, field: number, weights: number[][] }} Step a layer; see `routes.weights`
 * @typedef {{ input: Float32Array, others: Float32Array[], from: number[], to: number[], settings: any,
 *             weights: Float32Array[], output: Float32Array }} Work values of shape `from` become values of shape `to`
 */

const EPSILON = 1e-3; // Keras' own, added to a variance

/** @type {Record<string, (work: Work) => void>} */
export const KINDS = {
  Activation: activate,
  Add: ({ input, others, output }) => each(output, (at) => others.reduce((sum, other) => sum + other[at], input[at])),
  AveragePooling2D: averagePooling,
  BatchNormalization: batchNormalization,
  Conv2D: convolution,
  Dense: dense,
  DepthwiseConv2D: depthwise,
  Dropout: copy,
  Flatten: copy,
  GlobalAveragePooling2D: ({ input, output }) => overall(input, output, 0, (sum, value) => sum + value, input.length / output.length),
  GlobalMaxPooling2D: ({ input, output }) => overall(input, output, -Infinity, Math.max, 1),
  LayerNormalization: layerNormalization,
  MaxPooling2D: maxPooling,
  ReLU: ({ input, output }) => each(output, (at) => ACTIVATIONS.relu(input[at])),
  Rescaling: ({ input, settings, output }) => each(output, (at) => input[at] * settings.scale + settings.offset),
};

/** @type {Record<string, (value: number) => number>} */
export const ACTIVATIONS = {
  linear: (value) => value,
  relu: (value) => (value > 0 ? value : 0),
  silu: (value) => value / (1 + Math.exp(-value)),
  gelu: (value) => (value * (1 + erf(value / Math.SQRT2))) / 2,
};

/** Abramowitz and Stegun 1964, formula 7.1.26: off by 1.5e-7 at the most. */
function erf(x) {
  const t = 1 / (1 + 0.3275911 * Math.abs(x));
  const series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  return Math.sign(x) * (1 - series * Math.exp(-x * x));
}

/**
 * Where windows stand along one side: the first begins `before` values outside the maps.
 * @param {number} size of the maps
 * @param {number} count of windows
 * @param {any} settings
 */
export function windows(size, count, settings) {
  const side = settings.kernel_size ?? settings.pool_size;
  const stride = settings.strides ?? side;
  const before = settings.padding === "same" ? Math.floor(Math.max(0, (count - 1) * stride + side - size) / 2) : 0;
  return { side, stride, before };
}

/**
 * Calls `act` with every pixel that a window at row y, column x of the output covers: its number in the input, and that
 * of the cell of the window.
 * @param {number[]} from
 * @param {number[]} to
 * @param {any} settings
 * @param {number} y
 * @param {number} x
 * @param {(pixel: number, cell: number) => void} act
 */
export function covered(from, to, settings, y, x, act) {
  const [height, width] = from;
  const { side, stride, before } = windows(height, to[0], settings);
  const top = y * stride - before, left = x * stride - windows(width, to[1], settings).before;
  for (let i = Math.max(0, -top); i < side && top + i < height; i++)
    for (let j = Math.max(0, -left); j < side && left + j < width; j++) act((top + i) * width + left + j, i * side + j);
}

/** Every value as it comes; the second argument is its number. */
function each(output, make) {
  for (let at = 0; at < output.length; at++) output[at] = make(at);
}

function copy({ input, output }) {
  output.set(input);
}

function activate({ input, settings, output }) {
  each(output, (at) => ACTIVATIONS[settings.function](input[at]));
}

/* Sums of `count` values, each times its row of `weights`, eight sums at a time: they then stay in registers. */
function weightedSums(values, rows, count, weights, bias, output, at, filters) {
  let f = 0;
  for (; f + 8 <= filters; f += 8) {
    let s0 = 0, s1 = 0, s2 = 0, s3 = 0, s4 = 0, s5 = 0, s6 = 0, s7 = 0;
    for (let i = 0; i < count; i++) {
      const value = values[i], w = rows[i] + f;
      s0 += value * weights[w];
      s1 += value * weights[w + 1];
      s2 += value * weights[w + 2];
      s3 += value * weights[w + 3];
      s4 += value * weights[w + 4];
      s5 += value * weights[w + 5];
      s6 += value * weights[w + 6];
      s7 += value * weights[w + 7];
    }
    const to = at + f;
    output[to] = s0; output[to + 1] = s1; output[to + 2] = s2; output[to + 3] = s3;
    output[to + 4] = s4; output[to + 5] = s5; output[to + 6] = s6; output[to + 7] = s7;
  }
  for (; f < filters; f++) {
    let sum = 0;
    for (let i = 0; i < count; i++) sum += values[i] * weights[rows[i] + f];
    output[at + f] = sum;
  }
  if (bias) for (f = 0; f < filters; f++) output[at + f] += bias[f];
}

/* Notes the values of `channels` from `at` on that are not zero, each with where its row of weights begins. */
function gather(input, at, channels, row, filters, values, rows, count) {
  for (let c = 0; c < channels; c++, row += filters) {
    const value = input[at + c];
    if (value === 0) continue; // half of what a ReLU lets through
    values[count] = value;
    rows[count++] = row;
  }
  return count;
}

function convolution({ input, from, to, settings, weights, output }) {
  const [kernel, bias] = weights;
  const [, , channels] = from, [height, width, filters] = to;
  const most = settings.kernel_size ** 2 * channels;
  const values = new Float64Array(most), rows = new Int32Array(most);
  let count = 0;
  const take = (pixel, cell) => {
    count = gather(input, pixel * channels, channels, cell * channels * filters, filters, values, rows, count);
  };
  for (let y = 0, at = 0; y < height; y++)
    for (let x = 0; x < width; x++, at += filters) {
      count = 0;
      covered(from, to, settings, y, x, take);
      weightedSums(values, rows, count, kernel, bias, output, at, filters);
    }
}

function dense({ input, weights, output }) {
  const [kernel, bias] = weights, units = output.length;
  const values = new Float64Array(input.length), rows = new Int32Array(input.length);
  const count = gather(input, 0, input.length, 0, units, values, rows, 0);
  weightedSums(values, rows, count, kernel, bias, output, 0, units);
}

function depthwise({ input, from, to, settings, weights, output }) {
  const [kernel, bias] = weights;
  const channels = to[2];
  slide(to, (at, y, x) => {
    const sums = new Float64Array(channels);
    covered(from, to, settings, y, x, (pixel, cell) => {
      for (let c = 0; c < channels; c++) sums[c] += input[pixel * channels + c] * kernel[cell * channels + c];
    });
    for (let c = 0; c < channels; c++) output[at + c] = sums[c] + (bias ? bias[c] : 0);
  });
}

function maxPooling({ input, from, to, settings, output }) {
  const channels = to[2];
  output.fill(-Infinity);
  slide(to, (at, y, x) =>
    covered(from, to, settings, y, x, (pixel) => {
      for (let c = 0; c < channels; c++) {
        const value = input[pixel * channels + c];
        if (value > output[at + c]) output[at + c] = value;
      }
    }),
  );
}

/* What lies outside the maps does not count. */
function averagePooling({ input, from, to, settings, output }) {
  const channels = to[2];
  slide(to, (at, y, x) => {
    const sums = new Float64Array(channels);
    let count = 0;
    covered(from, to, settings, y, x, (pixel) => {
      count++;
      for (let c = 0; c < channels; c++) sums[c] += input[pixel * channels + c];
    });
    for (let c = 0; c < channels; c++) output[at + c] = sums[c] / count;
  });
}

/* Calls `act` for every place where a window stands, with where its output's channels begin. */
function slide([height, width, channels], act) {
  for (let y = 0, at = 0; y < height; y++) for (let x = 0; x < width; x++, at += channels) act(at, y, x);
}

function overall(input, output, begin, join, divisor) {
  const channels = output.length, found = new Float64Array(channels).fill(begin);
  for (let at = 0; at < input.length; at++) found[at % channels] = join(found[at % channels], input[at]);
  each(output, (channel) => found[channel] / divisor);
}

/* Gamma, where there is one, comes before beta, running mean and variance. */
function batchNormalization({ input, weights, output }) {
  const [beta, mean, variance] = weights.slice(-3), gamma = weights.length > 3 ? weights[0] : null;
  const channels = beta.length;
  const scale = Float64Array.from(variance, (value, c) => (gamma ? gamma[c] : 1) / Math.sqrt(value + EPSILON));
  const offset = Float64Array.from(beta, (value, c) => value - mean[c] * scale[c]);
  for (let at = 0; at < input.length; at += channels)
    for (let c = 0; c < channels; c++) output[at + c] = input[at + c] * scale[c] + offset[c];
}

function layerNormalization({ input, weights, output }) {
  const beta = weights[weights.length - 1], gamma = weights.length > 1 ? weights[0] : null;
  const channels = beta.length;
  for (let at = 0; at < input.length; at += channels) {
    let mean = 0, variance = 0;
    for (let c = 0; c < channels; c++) mean += input[at + c] / channels;
    for (let c = 0; c < channels; c++) variance += (input[at + c] - mean) ** 2 / channels;
    const scale = 1 / Math.sqrt(variance + EPSILON);
    for (let c = 0; c < channels; c++) output[at + c] = (input[at + c] - mean) * scale * (gamma ? gamma[c] : 1) + beta[c];
  }
}
