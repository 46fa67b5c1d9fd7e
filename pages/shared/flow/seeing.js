/* What one value can see: its window, marked in every map before it and in the input, and told in words. */

import { fieldOf, all } from "../network/field.js";

/** Marks what a pixel of the map at a place sees. */
export function see(state, x, row, column) {
  const { network, blocks } = state, { value, shape } = blocks[x];
  const seen = fieldOf(network.steps, network.shapes, value, [row, row, column, column]);
  clear(state);
  blocks.forEach((block, at) => box(block, seen.get(block.value), at < x ? "seen" : "pointed"));
  return value ? `Row ${row}, column ${column} sees ${words(seen.get(0) ?? all(shape), blocks[0].shape)}.` : "";
}

/** Marks what a logit sees. */
export function seeAll(state) {
  const { network, blocks } = state, { steps, shapes } = network;
  const seen = fieldOf(steps, shapes, steps.length, all(shapes[steps.length]));
  clear(state);
  for (const block of blocks) box(block, seen.get(block.value), "seen");
  const input = blocks[0].shape, window = seen.get(0) ?? all(input);
  return `A logit sees ${words(window, input)}${never(window, input)}.`;
}

export function clear({ blocks }) {
  for (const { tiles } of blocks ?? []) tiles.classList.remove("seen", "pointed");
}

function box({ tiles, shape: [height, width] }, window, name) {
  if (!window) return; // it does not see this layer
  const [top, bottom, left, right] = window;
  tiles.classList.add(name);
  const share = { top: top / height, left: left / width, height: (bottom - top + 1) / height, width: (right - left + 1) / width };
  for (const [side, part] of Object.entries(share)) tiles.style.setProperty(`--${side}`, `${100 * part}%`);
}

function words([top, bottom, left, right], [height, width]) {
  if (top === 0 && left === 0 && bottom === height - 1 && right === width - 1) return "the whole input";
  return `${bottom - top + 1} × ${right - left + 1} pixels of the input: rows ${top}–${bottom}, columns ${left}–${right}`;
}

/* Windows that do not fit leave out the last rows and columns. */
function never([top, bottom, left, right], [height, width]) {
  const rows = between(0, top - 1, "row").concat(between(bottom + 1, height - 1, "row"));
  const columns = between(0, left - 1, "column").concat(between(right + 1, width - 1, "column"));
  const unseen = [...rows, ...columns].join(" and ");
  return unseen ? `, never ${unseen}: paint there, no logit changes` : "";
}

function between(first, last, name) {
  if (last < first) return [];
  return [first === last ? `${name} ${first}` : `${name}s ${first}–${last}`];
}
