/* Steps one after the other: the button that plays them pauses them, too. */

import { put } from "../shared/js/elements.js";

/**
 * @param {any} state of a component with a button `.play`
 * @param {number} frameMs from a step to the next
 * @param {() => boolean} step takes one; returns whether there is another
 */
export function play(state, frameMs, step) {
  state.timer = setInterval(() => step() || pause(state), frameMs);
  put(state.find(".play"), "Pause");
}

/** @param {any} state */
export function pause(state) {
  clearInterval(state.timer);
  state.timer = null;
  put(state.find(".play"), "Play");
}
