/* Receptive fields: which part of every value before it one value can depend on. */

import { windows } from "./layers.js";

/**
 * @typedef {import("./layers.js").Step} Step
 * @typedef {[number, number, number, number]} Box first and last row, first and last column
 */

const SLIDING = ["Conv2D", "DepthwiseConv2D", "MaxPooling2D", "AveragePooling2D"];

/**
 * The windows of one pixel: by the number of a value, 0 for the image, the rows and columns of it that count.
 * @param {Step[]} steps
 * @param {number[][]} shapes of the values
 * @param {number} value whose pixel; of a vector all its numbers are meant
 * @param {Box} box its rows and columns
 * @returns {Map<number, Box>}
 */
export function fieldOf(steps, shapes, value, box) {
  const found = new Map([[value, box]]);
  for (let at = value; at > 0; at--) {
    const behind = found.get(at);
    if (!behind) continue;
    const { kind, inputs, settings } = steps[at - 1];
    for (const input of inputs) {
      const from = shapes[input];
      const seen = SLIDING.includes(kind) ? slid(behind, from, shapes[at], settings) : mapped(behind, from, shapes[at]);
      found.set(input, joined(found.get(input), seen));
    }
  }
  return found;
}

/** All of a value: every row and column, or the one place of a vector. @returns {Box} */
export const all = (shape) => (shape.length === 3 ? [0, shape[0] - 1, 0, shape[1] - 1] : [0, 0, 0, 0]);

/** @returns {Box} */
function slid([top, bottom, left, right], from, to, settings) {
  const [height, width] = from;
  const [first, last] = along(top, bottom, height, windows(height, to[0], settings));
  const [begin, end] = along(left, right, width, windows(width, to[1], settings));
  return [first, last, begin, end];
}

function along(first, last, size, { side, stride, before }) {
  return [Math.max(0, first * stride - before), Math.min(size - 1, last * stride - before + side - 1)];
}

/* Layers that keep their place keep the box; a vector depends on everything before it. */
const mapped = (box, from, to) => (from.length === to.length && to.length === 3 ? box : all(from));

function joined(one, other) {
  if (!one) return other;
  return [Math.min(one[0], other[0]), Math.max(one[1], other[1]), Math.min(one[2], other[2]), Math.max(one[3], other[3])];
}
