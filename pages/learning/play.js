/* Steps one after the other, by the buttons `.go`, `.play` and `.again`: the one that plays them pauses them, too. */

import { put } from "../shared/js/elements.js";

/**
 * Lets a component's buttons walk.
 * @param {any} state of the component, with `find`
 * @param {number} frameMs from a step to the next
 * @param {{ at: () => number, last: () => number, go: (at: number) => void, again: () => void }} walk the steps taken, how
 *     many there are, how to go to one, how to start over
 */
export function letWalk(state, frameMs, { at, last, go, again }) {
  const on = () => go(at() + 1), { find } = state;
  find(".go").addEventListener("click", () => { pause(state); on(); });
  find(".again").addEventListener("click", () => { pause(state); again(); });
  find(".play").addEventListener("click", () => {
    if (state.timer) return pause(state);
    state.timer = setInterval(() => { on(); if (at() >= last()) pause(state); }, frameMs);
    put(find(".play"), "Pause");
  });
}

/** @param {any} state */
export function pause(state) {
  clearInterval(state.timer);
  state.timer = null;
  put(state.find(".play"), "Play");
}
