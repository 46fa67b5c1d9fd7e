// Images as dots in a plane, those a network sees alike close together. Pointing shows an image, a click or Enter
// chooses it, a line drawn around some chooses these: by mouse, by finger once the button allows it, by keyboard a circle.

import { element, put, remembering, themed } from "../../shared/js/elements.js";
import { arrow, within } from "../../shared/js/keys.js";
import { grouped } from "../../shared/js/numbers.js";
import { bytesOf } from "../../shared/js/pixels.js";

const FULL = 10000, NEAR = 12, RIM = 0.04, CLICK = 5;
const CIRCLE = 16, SMALLEST = 4, GROWTH = 1.4; // of a line by keyboard: corners, hundredths of half the map, a press' factor

const stateOf = remembering((parent) => {
  const frame = parent.appendChild(element("div", "map"));
  const plane = frame.appendChild(element("div", "plane"));
  const state = {
    canvas: plane.appendChild(element("canvas", "", "", { tabindex: 0, role: "application" })),
    card: plane.appendChild(element("div", "card")),
    draw: frame.appendChild(element("button", "draw", "Draw a line")),
    legend: frame.appendChild(element("div", "legend")),
    at: -1, only: -1, path: [], drawing: false, radius: 0,
  };
  state.draw.addEventListener("click", () => drawByFinger(state, !state.drawing));
  drawByFinger(state, false);
  state.picture = state.card.appendChild(element("img"));
  state.words = state.card.appendChild(element("span"));
  state.card.hidden = true;
  listen(state);
  new ResizeObserver(() => state.data && paint(state)).observe(plane);
  return state;
});

export default function ({ parentElement, data, setTriggerValue }) {
  const state = stateOf(parentElement);
  const places = new Int16Array(bytesOf(data.places).buffer);
  const [labels, predicted, confidence] = [data.labels, data.predicted, data.confidence].map(bytesOf);
  Object.assign(state, { data, places, labels, predicted, confidence, tell: setTriggerValue, path: [] });
  const many = `${grouped(labels.length)} test images as dots, by how the network sees them`;
  state.canvas.setAttribute("aria-label", `${many}. Arrow keys walk from image to image, Enter chooses one, the space bar draws a circle around it and enlarges it, Escape takes it away.`);
  drawLegend(state);
  paint(state);
}

function drawLegend(state) {
  const buttons = state.data.names.map((name, place) => {
    const button = element("button", "class", name, { "aria-pressed": state.only === place });
    button.style.setProperty("--dot", colorOf(state, place));
    button.addEventListener("click", () => {
      state.only = state.only === place ? -1 : place;
      for (const [other, each] of [...state.legend.children].entries())
        each.setAttribute("aria-pressed", String(state.only === other));
      paint(state);
    });
    return button;
  });
  const old = state.legend.textContent;
  if (old !== state.data.names.join("")) state.legend.replaceChildren(...buttons);
}

const colorOf = (state, label) => state.data.colors[label % state.data.colors.length];

const sideOf = (state) => state.canvas.clientWidth;

function onScreen(state, place) {
  const side = sideOf(state), half = (side / 2) * (1 - RIM);
  const [x, y] = [state.places[2 * place], state.places[2 * place + 1]];
  return [side / 2 + (half * x) / FULL, side / 2 - (half * y) / FULL];
}

function paint(state) {
  const side = sideOf(state), scale = devicePixelRatio, pen = state.canvas.getContext("2d");
  if (!side) return;
  state.canvas.width = state.canvas.height = Math.round(side * scale);
  pen.setTransform(scale, 0, 0, scale, 0, 0);
  const size = Math.max(2, Math.min(6, side / (4 * Math.sqrt(state.labels.length)))); // few dots are larger
  for (let place = 0; place < state.labels.length; place++) {
    const [x, y] = onScreen(state, place);
    pen.fillStyle = colorOf(state, state.labels[place]);
    pen.globalAlpha = state.only < 0 || state.only === state.labels[place] ? 0.75 : 0.07;
    pen.fillRect(x - size / 2, y - size / 2, size, size);
  }
  pen.globalAlpha = 1;
  pen.strokeStyle = themed(state.canvas, "--st-text-color");
  pen.lineWidth = 2;
  const corners = state.path.length ? state.path : cornersOf(state);
  if (corners.length) {
    pen.beginPath();
    for (const [x, y] of corners) pen.lineTo(x, y);
    pen.closePath();
    pen.stroke();
  }
  for (const place of new Set([state.data.chosen ?? -1, state.at])) ring(state, pen, place);
  state.canvas.dataset.drawn = String(state.labels.length);
}

function ring(state, pen, place) {
  if (place < 0 || place >= state.labels.length) return;
  const [x, y] = onScreen(state, place);
  pen.beginPath();
  pen.arc(x, y, 6, 0, 2 * Math.PI);
  pen.stroke();
}

function cornersOf(state) {
  const side = sideOf(state), half = (side / 2) * (1 - RIM), told = state.data.lasso || [];
  const count = told.length / 2;
  return Array.from({ length: count }, (_, at) => [
    side / 2 + (half * told[2 * at]) / 100, side / 2 - (half * told[2 * at + 1]) / 100,
  ]);
}

function nearest(state, x, y, allowed = (dx, dy) => Math.hypot(dx, dy) < NEAR) {
  let found = -1, least = Infinity;
  for (let place = 0; place < state.labels.length; place++) {
    const [px, py] = onScreen(state, place);
    const distance = Math.hypot(px - x, py - y);
    if (distance < least && allowed(px - x, py - y)) [found, least] = [place, distance];
  }
  return found;
}

function show(state, place) {
  if (place === state.at) return;
  state.at = place;
  state.card.hidden = place < 0;
  if (place >= 0) {
    const { data, labels, predicted, confidence } = state;
    state.picture.src = `${data.images}${place}.png`;
    const verdict = labels[place] === predicted[place] ? "right" : "wrong";
    state.picture.alt = `test image ${place}`;
    put(state.words, `${data.names[labels[place]]}, answered ${data.names[predicted[place]]} ${confidence[place]} %: ${verdict}`);
    const [x, y] = onScreen(state, place), side = sideOf(state);
    state.card.style.left = x < side / 2 ? `${x + 14}px` : "auto";
    state.card.style.right = x < side / 2 ? "auto" : `${side - x + 14}px`;
    state.card.style.top = `${Math.min(Math.max(0, y - 60), side - 150)}px`;
  }
  paint(state);
}

function finish(state) {
  const { path, data } = state;
  state.path = [];
  const side = sideOf(state), half = (side / 2) * (1 - RIM);
  const step = Math.max(1, path.length / data.corners);
  const kept = Array.from({ length: Math.min(data.corners, path.length) }, (_, at) => path[Math.floor(at * step)]);
  drawBy(state, kept.map(([x, y]) => [(100 * (x - side / 2)) / half, (100 * (side / 2 - y)) / half]));
}

/* Takes a line whose corners lie within -100 to 100. */
function drawBy(state, places) {
  const corners = places.flat().map((value) => within(Math.round(value), -100, 100));
  state.data.lasso = corners;
  paint(state);
  state.tell("lasso", corners);
}

/* Around the image that the keys have come to; each press enlarges it. */
function circle(state) {
  const place = Math.max(0, state.at >= 0 ? state.at : state.data.chosen ?? 0);
  state.radius = state.radius ? state.radius * GROWTH : SMALLEST;
  const middle = [state.places[2 * place], state.places[2 * place + 1]].map((value) => (100 * value) / FULL);
  const angles = Array.from({ length: CIRCLE }, (_, at) => (2 * Math.PI * at) / CIRCLE);
  drawBy(state, angles.map((angle) => [middle[0] + state.radius * Math.cos(angle), middle[1] + state.radius * Math.sin(angle)]));
}

/* While a finger draws, it does not scroll. */
function drawByFinger(state, drawing) {
  state.drawing = drawing;
  state.draw.setAttribute("aria-pressed", String(drawing));
  state.canvas.classList.toggle("drawing", drawing);
}

function listen(state) {
  const { canvas } = state;
  const at = (event) => [event.offsetX, event.offsetY];
  const draws = (event) => state.drawing || event.pointerType !== "touch";
  let from = null;
  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    from = at(event);
    if (draws(event)) canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener("pointermove", (event) => {
    const [x, y] = at(event);
    if (from && draws(event) && (state.path.length || Math.hypot(x - from[0], y - from[1]) > CLICK)) {
      show(state, -1);
      state.path.push([x, y]);
      paint(state);
    } else if (!from) show(state, nearest(state, x, y));
  });
  canvas.addEventListener("pointerup", (event) => {
    const drew = state.path.length > 2;
    if (from && drew) {
      finish(state);
      drawByFinger(state, false);
    }
    else if (from) pick(state, nearest(state, ...at(event)));
    from = null;
  });
  canvas.addEventListener("pointercancel", () => { from = null; state.path = []; });
  canvas.addEventListener("pointerleave", () => !from && show(state, -1));
  canvas.addEventListener("keydown", (event) => walk(state, event));
}

function pick(state, place) {
  show(state, place);
  if (place >= 0) state.tell("picked", place);
  else if (state.data.lasso?.length) state.tell("lasso", []);
}

function walk(state, event) {
  if (event.key === "Enter") pick(state, state.at);
  if (event.key === "Escape" && state.data.lasso?.length) drawBy(state, []);
  if (event.key === " ") {
    event.preventDefault();
    return circle(state);
  }
  const step = arrow(event);
  if (!step) return undefined;
  state.radius = 0;
  const start = Math.max(0, state.at >= 0 ? state.at : state.data.chosen ?? 0), [x, y] = onScreen(state, start);
  const [down, right] = step;
  show(state, nearest(state, x, y, (dx, dy) => {
    const along = dx * right + dy * down, across = Math.abs(dx * down) + Math.abs(dy * right);
    return along > 0 && across <= along;
  }));
  return undefined;
}
