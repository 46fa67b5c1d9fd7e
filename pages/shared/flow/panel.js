/* What unfolds where one clicks: a map, a unit, a logit or a probability, and what it is made of. */

import { element } from "../js/elements.js";
import { still } from "./pictures.js";
import { viewOf } from "./views.js";

const MOTION_MS = 280;

/**
 * @typedef {{ value: number, number: number }} Target whose output and which map or unit of it; of the probabilities
 *     `value` is one more than the last
 */

/** Unfolds `target` out of `from`, the element that was clicked. */
export function unfold(state, target, from) {
  fold(state);
  state.unfold = (next) => unfold(state, next, from);
  const root = element("section", "panel"), header = element("header");
  const close = element("button", "close", "Close");
  close.addEventListener("click", () => fold(state, { focus: true }));
  root.tabIndex = -1;
  root.addEventListener("keydown", (event) => event.key === "Escape" && fold(state, { focus: true }));
  state.open = { root, header, target, from, at: null, numbers: false, map: from.matches(".map") };
  root.append(header);
  state.stage.after(root);
  state.root.classList.add("unfolded");
  build(state);
  header.append(close);
  grow(root, from);
  root.focus({ preventScroll: true });
  state.rest(state.tell);
}

/** Folds what is open, if anything is. */
export function fold(state, { focus = false } = {}) {
  if (!state.open) return;
  state.open.stop?.();
  state.open.root.remove();
  state.root.classList.remove("unfolded");
  if (focus) state.open.from.focus();
  state.open = null;
  state.rest(state.tell);
}

/** Fills the panel again after the values have changed, or the window. */
export function refresh(state) {
  if (state.open) state.open.paint();
}

function build(state) {
  const { open } = state, { root, header } = open;
  const { title, view } = viewOf(state, open);
  header.prepend(element("b", "", title));
  root.setAttribute("aria-label", title);
  root.append(view);
  open.paint();
}

/* Out of where one clicked. */
function grow(root, from) {
  if (still()) return;
  const here = root.getBoundingClientRect(), there = from.getBoundingClientRect();
  root.style.transformOrigin = `${there.left + there.width / 2 - here.left}px ${there.top + there.height / 2 - here.top}px`;
  root.animate([{ opacity: 0, transform: "scale(0.25)" }, { opacity: 1, transform: "none" }], { duration: MOTION_MS, easing: "ease-out" });
}
