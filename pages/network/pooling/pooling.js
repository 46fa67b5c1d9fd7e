// One channel, a patch of it with numbers and winners, and the pooled result. All numbers come from Python.

import { css, grayOf, inkOn } from "../../shared/js/colors.js";
import { element, planted, remembering } from "../../shared/js/elements.js";
import { arrow, within } from "../../shared/js/keys.js";
import { signed } from "../../shared/js/numbers.js";
import { fillPixels } from "../../shared/js/pixels.js";
import { BY_FINGER, lay, sharesOf } from "../../shared/js/pointer.js";

const PATCH = 8; // edge of the enlarged patch in pixels
const stateOf = remembering(build);

export default function ({ parentElement, data }) {
  const state = stateOf(parentElement);
  state.data = data;
  state.root.classList.toggle("decimals", data.decimals);
  state.corner = state.corner ? state.corner.map((n) => snap(state, n)) : liveliest(state);
  draw(state);
}

// Where to look first: the patch whose numbers differ most.
function liveliest(state) {
  const { input, size } = state.data;
  let best = [0, 0], most = -1;
  for (let top = 0; top <= input.length - PATCH; top += size)
    for (let left = 0; left <= input.length - PATCH; left += size) {
      const numbers = input.slice(top, top + PATCH).flatMap((row) => row.slice(left, left + PATCH));
      const mean = numbers.reduce((sum, n) => sum + n, 0) / numbers.length;
      const spread = numbers.reduce((sum, n) => sum + (n - mean) ** 2, 0);
      if (spread > most) [best, most] = [[top, left], spread];
    }
  return best;
}

function build(parent) {
  const { root, find } = planted(parent, "pooling", `
    <figure class="whole">
      <div class="frame" tabindex="0" role="slider" aria-label="Patch to enlarge: arrow keys move it"
           aria-valuemin="0" aria-valuemax="31" aria-valuenow="0"><canvas role="img"></canvas><span class="lens"></span></div>
      <figcaption></figcaption>
    </figure>
    <figure class="patch"><div class="grid"></div><figcaption></figcaption></figure>
    <figure class="kept"><div class="grid"></div><figcaption></figcaption></figure>
    <figure class="result"><div class="frame"><canvas role="img"></canvas><span class="lens"></span></div><figcaption></figcaption></figure>
    <p class="sum" aria-live="polite"></p>`);
  const state = { root, find };
  const frame = find(".whole .frame");
  frame.addEventListener("pointerdown", (event) => {
    if (event.pointerType === "touch" && !event.target.matches(".lens")) return; // it may be about to scroll the page
    frame.setPointerCapture(event.pointerId);
    look(state, event);
  });
  frame.addEventListener("pointermove", (event) => frame.hasPointerCapture(event.pointerId) && look(state, event));
  frame.addEventListener("click", (event) => look(state, event));
  frame.addEventListener("keydown", (event) => walk(state, event));
  for (const grid of root.querySelectorAll(".grid")) {
    grid.addEventListener("pointerover", (event) => point(state, event.target.closest("[data-window]")));
    grid.addEventListener("focusin", (event) => point(state, event.target.closest("[data-window]")));
  }
  find(".kept .grid").addEventListener("keydown", (event) => beside(state, event));
  return state;
}

function snap({ data }, value) {
  const last = data.input.length - PATCH;
  return within(Math.round(value / data.size), 0, Math.floor(last / data.size)) * data.size;
}

function look(state, event) {
  const [row, column] = sharesOf(event.currentTarget, event).map((share) => share * state.data.input.length - PATCH / 2);
  move(state, row, column);
}

function walk(state, event) {
  const step = arrow(event);
  if (!step) return;
  const { corner, data: { size } } = state;
  move(state, corner[0] + step[0] * size, corner[1] + step[1] * size);
}

// From one kept number to the next.
function beside(state, event) {
  const step = arrow(event);
  if (!step) return;
  const [row, column] = event.target.dataset.window.split(",").map(Number);
  state.find(`.kept [data-window="${row + step[0]},${column + step[1]}"]`)?.focus();
}

function move(state, row, column) {
  const corner = [snap(state, row), snap(state, column)];
  if (corner.join() === state.corner.join()) return;
  state.corner = corner;
  draw(state);
}

function draw(state) {
  const { data, find } = state;
  const rows = data.input.length;
  const out = data.output.length;
  paint(find(".whole canvas"), data.input, data);
  paint(find(".result canvas"), data.output, data);
  find(".whole canvas").setAttribute("aria-label", data.label);
  find(".result canvas").setAttribute("aria-label", `${data.label}, pooled`);
  find(".result .frame").style.width = `${(100 * out) / rows}%`;
  find(".whole .frame").setAttribute("aria-valuenow", state.corner[0]);
  find(".whole .frame").setAttribute("aria-valuetext", `row ${state.corner[0]}, column ${state.corner[1]}`);
  lay(find(".whole .lens"), state.corner, [rows, rows], PATCH);
  drawPatch(state);
  find(".whole figcaption").textContent = `${rows} × ${data.input[0].length}: drag the frame${BY_FINGER ? "; beside it a finger scrolls" : ""}`;
  find(".patch figcaption").textContent = data.winners ? `${PATCH} × ${PATCH} of it, winners outlined` : `${PATCH} × ${PATCH} of it`;
  find(".kept figcaption").textContent = data.winners ? "what is kept" : "the averages";
  find(".result figcaption").textContent = `${out} × ${data.output[0].length}`;
  point(state, find(".kept [data-window]"));
}

function drawPatch(state) {
  const { data, find } = state;
  const [top, left] = state.corner;
  const inside = Math.floor(PATCH / data.size);
  const first = [top / data.size, left / data.size];
  const shown = [0, 1].map((axis) => Math.min(inside, (axis ? data.output[0] : data.output).length - first[axis]));
  state.shown = { first, shown };
  lay(find(".result .lens"), first, [data.output.length, data.output.length], inside);
  const winners = new Map();
  for (let i = 0; i < shown[0]; i++)
    for (let j = 0; j < shown[1]; j++) {
      const at = data.winners?.[first[0] + i][first[1] + j];
      if (at) winners.set(at.join(), `${first[0] + i},${first[1] + j}`);
    }
  const cells = [];
  for (let i = 0; i < PATCH; i++)
    for (let j = 0; j < PATCH; j++) {
      const at = `${top + i},${left + j}`;
      const owner = winners.get(at) ?? [i, j].map((n, k) => first[k] + Math.min(Math.floor(n / data.size), shown[k] - 1)).join();
      const cell = tile(state, data.input[top + i][left + j], owner);
      cell.classList.toggle("winner", winners.has(at));
      if (i % data.size === 0 && i) cell.classList.add("above");
      if (j % data.size === 0 && j) cell.classList.add("before");
      cell.dataset.at = at;
      cells.push(cell);
    }
  fill(find(".patch .grid"), cells, PATCH);
  drawKept(state);
  state.root.dataset.drawn = state.corner.join();
}

function drawKept(state) {
  const { first: [top, left], shown: [rows, columns] } = state.shown;
  const kept = [];
  for (let i = top; i < top + rows; i++)
    for (let j = left; j < left + columns; j++) {
      const cell = tile(state, state.data.output[i][j], `${i},${j}`);
      cell.tabIndex = kept.length ? -1 : 0;
      kept.push(cell);
    }
  fill(state.find(".kept .grid"), kept, columns);
  state.root.style.setProperty("--kept", columns);
}

function fill(grid, cells, columns) {
  grid.style.setProperty("--columns", columns);
  grid.replaceChildren(...cells);
}

function tile({ data }, value, window) {
  const cell = element("span", "tile", text(value, data));
  cell.dataset.window = window;
  const color = shade(data, value);
  cell.style.background = css(color);
  cell.style.color = inkOn(color);
  return cell;
}

// Whole numbers as they are; others with two digits, and without the zero that would take a third of the room.
function text(value, data) {
  if (!data.decimals) return Number.isInteger(value) ? String(value) : value.toFixed(1);
  return signed(value.toFixed(Math.abs(value) >= 10 ? 1 : 2).replace(/^(-?)0\./, "$1."));
}

function point(state, cell) {
  if (!cell) return;
  const { data, root, find } = state;
  const [i, j] = cell.dataset.window.split(",").map(Number);
  const top = i * data.size, left = j * data.size;
  const numbers = [];
  for (const other of root.querySelectorAll(".tile.lit")) other.classList.remove("lit");
  find(`.kept [data-window="${i},${j}"]`)?.classList.add("lit");
  for (let r = top; r < top + data.size; r++)
    for (let c = left; c < left + data.size; c++) {
      numbers.push(text(data.input[r][c], data));
      find(`.patch [data-at="${r},${c}"]`)?.classList.add("lit");
    }
  const result = text(data.output[i][j], data);
  const sum = find(".sum");
  if (data.winners) sum.textContent = `max(${numbers.join(", ")}) = ${result}`;
  else sum.textContent = `(${numbers.join(" + ")}) / ${numbers.length} = ${result}`;
}

const shade = ({ low, high }, value) => grayOf((value - low) / (high - low || 1));

function paint(canvas, rows, data) {
  const [height, width] = [rows.length, rows[0].length];
  fillPixels(canvas, height, width, (pixel) => shade(data, rows[Math.floor(pixel / width)][pixel % width]));
}
