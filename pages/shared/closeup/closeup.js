// Pictures of one scene with the numbers behind them. The pointer or the arrow keys choose a pixel; every pane marks
// the same place, the magnifier shows the numbers around it. Nothing here asks the server; where the pointer rests is told
// to it, for the address.

import { css, inkOn } from "../js/colors.js";
import { element, focusedBeside, leaving, planted, remembering, resting } from "../js/elements.js";
import { arrow, within } from "../js/keys.js";
import { fixed } from "../js/numbers.js";
import { bytesOf, fillPixels } from "../js/pixels.js";
import { lay, onPointed, sharesOf } from "../js/pointer.js";

const MOST_REACH = 3; // pixels the magnifier shows on each side of the marked one, as long as they can be read
const READABLE = 13; // CSS pixels of a digit's height

const stateOf = remembering((parent) => {
  const observer = new ResizeObserver(() => magnify(state));
  const made = planted(parent, "closeup");
  const state = { ...made, place: null, pane: 0, observer, rest: resting(made.root) };
  return state;
});

export default function ({ parentElement, data, setStateValue }) {
  const state = stateOf(parentElement);
  state.tell = () => setStateValue("at", state.place);
  state.panes = data.panes.map(unpack);
  state.read = data.read;
  if (state.pane >= state.panes.length) state.pane = 0;
  state.place ??= data.at; // kept when the picture changes: relative, 0..1, so that panes of any size agree
  build(state);
  show(state);
  document.fonts.load(`500 16px ${getComputedStyle(state.root).fontFamily}`).then(() => magnify(state)); // drawn too soon else
  return leaving(parentElement, () => state.observer.disconnect());
}

function unpack(pane) {
  return { ...pane, rgb: bytesOf(pane.rgb), values: new Float32Array(bytesOf(pane.values).buffer) };
}

function build(state) {
  const figures = state.panes.map((pane, index) => figure(state, pane, index));
  const loupe = element("figure", "loupe");
  loupe.innerHTML = '<figcaption></figcaption><div class="frame"><canvas></canvas></div>';
  loupe.querySelector(".frame").style.setProperty("--aspect", "1");
  state.loupe = loupe;
  const reading = element("p", "reading", "", { "aria-live": "polite" });
  state.reading = reading;
  state.figures = figures;
  state.observer.disconnect();
  state.observer.observe(loupe);
  const focused = focusedBeside(state.root)?.dataset.index;
  state.root.replaceChildren(figures[0], loupe, reading, ...figures.slice(1));
  if (focused !== undefined) figures[Number(focused)]?.querySelector(".frame").focus();
}

function figure(state, pane, index) {
  const made = element("figure", index === 0 ? "lead" : "");
  const caption = element("figcaption", "", pane.title, { title: pane.title });
  const frame = element("div", "frame", "", { tabindex: 0, "data-index": index, role: "img", "aria-label": `${pane.alt}. Arrow keys read its pixels.` });
  frame.style.setProperty("--aspect", `${pane.width} / ${pane.height}`);
  const canvas = element("canvas");
  fillPixels(canvas, pane.height, pane.width, (pixel) => pane.rgb.subarray(3 * pixel, 3 * pixel + 3));
  frame.append(canvas, element("div", "ring"));
  onPointed(frame, (event) => point(state, index, sharesOf(frame, event)));
  frame.addEventListener("keydown", (event) => step(state, index, event));
  made.append(caption, frame);
  return made;
}

function point(state, index, place) {
  Object.assign(state, { place, pane: index });
  show(state);
  state.rest(state.tell);
}

function step(state, index, event) {
  const move = arrow(event);
  if (!move) return;
  const pane = state.panes[index];
  const [row, column] = pixelOf(state, pane);
  const next = [within(row + move[0], 0, pane.height - 1), within(column + move[1], 0, pane.width - 1)];
  point(state, index, [(next[0] + 0.5) / pane.height, (next[1] + 0.5) / pane.width]);
}

function pixelOf(state, pane) {
  return [Math.floor(state.place[0] * pane.height), Math.floor(state.place[1] * pane.width)];
}

function show(state) {
  state.figures.forEach((figure, index) => {
    const pane = state.panes[index];
    lay(figure.querySelector(".ring"), pixelOf(state, pane), [pane.height, pane.width]);
  });
  magnify(state);
  read(state);
}

function numbers(pane, row, column) {
  const start = (row * pane.width + column) * pane.names.length;
  return pane.names.map((_, channel) => pane.values[start + channel]);
}

function read(state) {
  const lead = state.panes[0];
  const [row, column] = pixelOf(state, lead);
  const parts = [`Row ${row}, column ${column}`];
  for (const index of state.read) {
    const pane = state.panes[index];
    const values = numbers(pane, ...pixelOf(state, pane));
    const pairs = pane.names.map((name, channel) => [name, fixed(values[channel], pane.digits)]);
    for (const [name, value] of pairs) {
      parts.push(` \u00b7 ${name} `, element("b", "", value));
    }
    if (pane.divisor) {
      const divided = values.map((value) => fixed(value / pane.divisor, 3)).join(", ");
      parts.push(` \u00b7 divided by ${pane.divisor}: `, element("b", "", divided));
    }
  }
  state.reading.replaceChildren(...parts);
}

function magnify(state) {
  const pane = state.panes[state.pane];
  const canvas = state.loupe.querySelector("canvas");
  const size = canvas.parentElement.clientWidth;
  if (!size) return;
  const ratio = window.devicePixelRatio || 1;
  canvas.width = canvas.height = Math.round(size * ratio);
  const context = canvas.getContext("2d");
  context.scale(ratio, ratio);
  const [row, column] = pixelOf(state, pane);
  let reach = MOST_REACH;
  while (reach > 1 && textHeight(pane, size / (2 * reach + 1)) < READABLE) reach--;
  const side = 2 * reach + 1;
  const top = within(row - reach, 0, Math.max(0, pane.height - side));
  const left = within(column - reach, 0, Math.max(0, pane.width - side));
  const cell = size / Math.min(side, Math.max(pane.height, pane.width));
  for (let i = 0; i < Math.min(side, pane.height); i++) {
    for (let j = 0; j < Math.min(side, pane.width); j++) drawCell(context, pane, top + i, left + j, [j * cell, i * cell, cell]);
  }
  mark(context, (column - left) * cell, (row - top) * cell, cell);
  state.loupe.querySelector("figcaption").textContent = `${pane.title}, magnified`;
  canvas.setAttribute("aria-hidden", "true");
  state.root.dataset.drawn = `${row},${column}`;
}

/* Numbers stand under each other in a cell, all of them inside it. */
function textHeight(pane, cell) {
  return Math.min(cell / (pane.names.length + 0.6), cell * (pane.digits ? 0.31 : 0.36));
}

function drawCell(context, pane, row, column, [x, y, cell]) {
  const at = 3 * (row * pane.width + column);
  const color = pane.rgb.subarray(at, at + 3);
  context.fillStyle = css(color);
  context.fillRect(x, y, cell + 0.5, cell + 0.5);
  const values = numbers(pane, row, column);
  const height = textHeight(pane, cell);
  context.font = `500 ${height}px ${getComputedStyle(context.canvas).fontFamily}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillStyle = inkOn(color);
  values.forEach((value, line) => {
    const offset = (line - (values.length - 1) / 2) * height * 1.05;
    context.fillText(fixed(value, pane.digits), x + cell / 2, y + cell / 2 + offset);
  });
}

function mark(context, x, y, cell) {
  for (const [ink, weight] of [["#000", 4], ["#fff", 2]]) {
    context.lineWidth = weight;
    context.strokeStyle = ink;
    context.strokeRect(x + 1, y + 1, cell - 2, cell - 2);
  }
}
