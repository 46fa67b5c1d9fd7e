/* What one output is made of: partial sums, products, winners. */

import { ACTIVATIONS, covered } from "./layers.js";

/** @typedef {import("./forward.js").Network} Network */

/**
 * One source of a filter's sum.
 * @typedef {{ map: number, kernel: Float32Array, side: number[], partial: Float32Array, strength: number }} Part
 *     `map`: number of the input's map; `kernel`: its weights, of height and width `side`; `partial`: what it adds to
 *     every output; `strength`: the mean magnitude of that
 */

/** The values of one map, a copy. */
export function mapOf(values, shape, map) {
  const maps = shape[2];
  return Float32Array.from({ length: values.length / maps }, (_, pixel) => values[pixel * maps + map]);
}

/**
 * The sources of a filter of the convolution at `at`, strongest first.
 * @param {Network} network
 * @param {number} at
 * @param {number} filter
 * @returns {Part[]}
 */
export function partsOf(network, at, filter) {
  const { kind, inputs, settings } = network.steps[at];
  const from = network.shapes[inputs[0]], input = network.values[inputs[0]], to = network.shapes[at + 1];
  const [kernel] = network.weights[at], alone = kind === "DepthwiseConv2D";
  const cells = settings.kernel_size ** 2, channels = from[2], filters = to[2];
  const maps = alone ? [filter] : Array.from({ length: channels }, (_, map) => map);
  const parts = maps.map((map) => {
    const weights = Float32Array.from({ length: cells }, (_, cell) =>
      kernel[alone ? cell * channels + map : (cell * channels + map) * filters + filter]);
    const partial = slideOver(input, from, to, settings, map, weights);
    return { map, kernel: weights, side: [settings.kernel_size, settings.kernel_size], partial, strength: magnitude(partial) };
  });
  return parts.sort((one, other) => other.strength - one.strength);
}

function slideOver(input, from, to, settings, map, weights) {
  const [height, width] = to, channels = from[2];
  const partial = new Float32Array(height * width);
  for (let y = 0, at = 0; y < height; y++)
    for (let x = 0; x < width; x++, at++) {
      let sum = 0;
      covered(from, to, settings, y, x, (pixel, cell) => (sum += input[pixel * channels + map] * weights[cell]));
      partial[at] = sum;
    }
  return partial;
}

/**
 * What each map before a `Flatten` adds to one unit of the dense layer at `at`, strongest first: the unit's weights for
 * it are a kernel as large as the map. `partial` holds the products, pixel by pixel.
 * @param {Network} network
 * @param {number} at
 * @param {number} unit
 * @param {number} value the maps before the `Flatten`
 */
export function partsOfUnit(network, at, unit, value) {
  const [height, width, maps] = network.shapes[value], input = network.values[value];
  const [kernel] = network.weights[at], units = network.shapes[at + 1][0];
  const parts = Array.from({ length: maps }, (_, map) => {
    const weights = new Float32Array(height * width), partial = new Float32Array(height * width);
    for (let pixel = 0; pixel < height * width; pixel++) {
      weights[pixel] = kernel[(pixel * maps + map) * units + unit];
      partial[pixel] = weights[pixel] * input[pixel * maps + map];
    }
    return { map, kernel: weights, side: [height, width], partial, strength: Math.abs(total(partial)) };
  });
  return parts.sort((one, other) => other.strength - one.strength);
}

/**
 * The products that make up one output, largest first.
 * @typedef {{ map: number, row: number, column: number, value: number, weight: number, product: number }} Term `row` and
 *     `column` in the map that the value comes from; of a vector `map` is its number
 * @param {Network} network
 * @param {number} at
 * @param {number} filter
 * @param {number} y
 * @param {number} x
 * @returns {Term[]}
 */
export function termsOf(network, at, filter, y, x) {
  const { kind, inputs, settings } = network.steps[at];
  const from = network.shapes[inputs[0]], input = network.values[inputs[0]], to = network.shapes[at + 1];
  const [kernel] = network.weights[at];
  const terms = [];
  const add = (map, row, column, value, weight) => terms.push({ map, row, column, value, weight, product: value * weight });
  if (kind === "Dense") {
    for (let n = 0; n < input.length; n++) add(n, 0, 0, input[n], kernel[n * to[0] + filter]);
  } else {
    const [, width, channels] = from;
    covered(from, to, settings, y, x, (pixel, cell) => {
      const place = [Math.floor(pixel / width), pixel % width];
      if (kind === "DepthwiseConv2D") add(filter, ...place, input[pixel * channels + filter], kernel[cell * channels + filter]);
      else for (let map = 0; map < channels; map++)
        add(map, ...place, input[pixel * channels + map], kernel[(cell * channels + map) * to[2] + filter]);
    });
  }
  return terms.sort((one, other) => Math.abs(other.product) - Math.abs(one.product));
}

/** The bias of a filter or unit; 0 where there is none. */
export const biasOf = (network, at, filter) => network.weights[at][1]?.[filter] ?? 0;

/**
 * A map of the sums before bias and activation, and after the bias and activation inside the layer.
 * @param {Network} network
 * @param {number} at
 * @param {number} filter
 * @param {Part[]} parts
 */
export function sumsOf(network, at, filter, parts) {
  const bias = biasOf(network, at, filter), apply = ACTIVATIONS[network.steps[at].activation ?? "linear"];
  const sum = Float32Array.from(parts[0].partial, (_, pixel) => parts.reduce((all, { partial }) => all + partial[pixel], 0));
  return { sum, bias, result: sum.map((value) => apply(value + bias)) };
}

/**
 * The pixel of its window that every output of a max pooling comes from.
 * @returns {Int32Array} its number in the map before; the first of equal ones
 */
export function winnersOf(network, at, map) {
  const { inputs, settings } = network.steps[at];
  const from = network.shapes[inputs[0]], input = network.values[inputs[0]], to = network.shapes[at + 1];
  const winners = new Int32Array(to[0] * to[1]);
  for (let y = 0, n = 0; y < to[0]; y++)
    for (let x = 0; x < to[1]; x++, n++) {
      let most = -Infinity;
      covered(from, to, settings, y, x, (pixel) => {
        const value = input[pixel * from[2] + map];
        if (value > most) [most, winners[n]] = [value, pixel];
      });
    }
  return winners;
}

/** The layers behind the one at `at` that change its maps one by one, up to the next that does not. @returns {number[]} */
export function onward(network, at) {
  const found = [];
  for (let next = at + 1; next < network.steps.length; next++) {
    const { kind, inputs } = network.steps[next];
    if (!inputs.includes(next) || !["BatchNormalization", "ReLU", "Activation", "Add", "LayerNormalization"].includes(kind)) break;
    found.push(next);
  }
  return found;
}

const total = (values) => values.reduce((sum, value) => sum + value, 0);
const magnitude = (values) => values.reduce((sum, value) => sum + Math.abs(value), 0) / values.length;
