// A square over a picture: drag it, pull its corner, turn the wheel, or use the arrow keys with plus and minus.
// The square is told in shares: left of the width, top of the height, side of the shorter side.

import { element, remembering } from "../../shared/js/elements.js";
import { within } from "../../shared/js/keys.js";

const stateOf = remembering(build);

export default function ({ parentElement, data, setStateValue }) {
  const state = stateOf(parentElement);
  state.tell = (square) => setStateValue("square", square);
  state.aspect = data.aspect;
  state.smallest = data.smallest;
  state.frame.style.setProperty("--aspect", data.aspect);
  if (state.src !== data.src) {
    state.src = state.image.src = data.src;
    state.image.alt = data.alt;
  }
  if (!state.drag && !state.timer) place(state, data.square);
}

function build(parent) {
  const frame = element("div", "cropper");
  const image = new Image();
  const square = element("div", "square", "", { tabindex: 0, role: "group", "aria-label": "Crop. Arrow keys move it, plus and minus resize it." });
  const grip = element("div", "grip");
  square.append(element("div", "middle"), grip); // elsewhere a finger scrolls the page, see cropper.css
  frame.append(image, square);
  const byFinger = matchMedia("(pointer: coarse)").matches;
  const hint = element("p", "hint", byFinger ? "Drag the square’s middle, pull its corner; beside them a finger scrolls." : "Drag the square, pull its corner.");
  parent.append(frame, hint);
  const state = { frame, image, square, drag: null, timer: 0 };
  square.addEventListener("pointerdown", (event) => grab(state, event, event.target === grip));
  square.addEventListener("pointermove", (event) => pull(state, event));
  square.addEventListener("pointerup", () => drop(state));
  square.addEventListener("pointercancel", () => drop(state));
  frame.addEventListener("wheel", (event) => turn(state, event), { passive: false });
  square.addEventListener("keydown", (event) => press(state, event));
  return state;
}

// The side as shares of width and height.
function sides({ aspect }, side) {
  return aspect >= 1 ? [side / aspect, side] : [side, side * aspect];
}

function place(state, [left, top, side]) {
  side = within(side, state.smallest, 1);
  const [width, height] = sides(state, side);
  left = within(left, 0, 1 - width);
  top = within(top, 0, 1 - height);
  state.at = [left, top, side];
  Object.assign(state.square.style, {
    left: `${100 * left}%`, top: `${100 * top}%`, width: `${100 * width}%`, height: `${100 * height}%`,
  });
}

function grab(state, event, resize) {
  event.preventDefault();
  state.square.focus({ preventScroll: true });
  state.square.setPointerCapture(event.pointerId);
  state.drag = { x: event.clientX, y: event.clientY, at: state.at, resize };
}

function pull(state, event) {
  if (!state.drag) return;
  const box = state.frame.getBoundingClientRect();
  const [dx, dy] = [(event.clientX - state.drag.x) / box.width, (event.clientY - state.drag.y) / box.height];
  const [left, top, side] = state.drag.at;
  if (!state.drag.resize) return place(state, [left + dx, top + dy, side]);
  const [unitX, unitY] = sides(state, 1);
  const room = Math.min((1 - left) / unitX, (1 - top) / unitY);
  place(state, [left, top, Math.min(room, side + (dx / unitX + dy / unitY) / 2)]);
}

function drop(state) {
  if (!state.drag) return;
  const moved = state.drag.at.some((value, index) => value !== state.at[index]);
  state.drag = null;
  if (moved) state.tell(state.at);
}

/** @returns {[number, number, number]} */
function resized([left, top, side], state, factor) {
  const next = within(side * factor, state.smallest, 1);
  const [unitX, unitY] = sides(state, (side - next) / 2);
  return [left + unitX, top + unitY, next];
}

function later(state) {
  clearTimeout(state.timer);
  state.timer = setTimeout(() => {
    state.timer = 0;
    state.tell(state.at);
  }, 150);
}

function turn(state, event) {
  if (!event.ctrlKey && event.target !== state.square) return;
  event.preventDefault();
  place(state, resized(state.at, state, event.deltaY > 0 ? 0.95 : 1 / 0.95));
  later(state);
}

function press(state, event) {
  const [left, top, side] = state.at;
  const [across, down] = sides(state, side).map((share) => Math.min(0.02, share / 4));
  const next = {
    ArrowLeft: [left - across, top, side], ArrowRight: [left + across, top, side],
    ArrowUp: [left, top - down, side], ArrowDown: [left, top + down, side],
    "+": resized(state.at, state, 1.1), "-": resized(state.at, state, 1 / 1.1),
  }[event.key];
  if (!next) return;
  event.preventDefault();
  place(state, next);
  later(state);
}
