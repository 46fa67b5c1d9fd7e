/* Arrow keys. */

/** @type {Record<string, [number, number]>} */
const ARROWS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

/**
 * The step that an arrow key asks for, in rows and columns; the page then does not scroll by it.
 * @param {KeyboardEvent} event
 */
export function arrow(event) {
  const step = ARROWS[event.key];
  if (step) event.preventDefault();
  return step;
}

/**
 * The step that the left and right arrow keys ask for along a line, 0 for any other key.
 * @param {KeyboardEvent} event
 */
export function arrowAlong(event) {
  const along = ARROWS[event.key]?.[1] ?? 0;
  if (along) event.preventDefault();
  return along;
}

/**
 * @param {number} value
 * @param {number} low
 * @param {number} high
 */
export const within = (value, low, high) => Math.min(high, Math.max(low, value));
