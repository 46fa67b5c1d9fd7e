// A grid of pictures cut from one sprite. Arrow keys walk, Enter or a click chooses.

import { element, planted, remembering } from "../js/elements.js";
import { arrow } from "../js/keys.js";

const stateOf = remembering((parent) => {
  const grid = planted(parent, "mosaic").root;
  const state = { grid, cells: [], sprite: new Image() };
  grid.addEventListener("click", (event) => choose(state, event.target.closest(".cell")));
  grid.addEventListener("keydown", (event) => walk(state, event));
  return state;
});

export default function ({ parentElement, data, setTriggerValue }) {
  const state = stateOf(parentElement);
  state.data = data;
  state.choose = (position) => setTriggerValue("clicked", position);
  draw(state);
}

function draw(state) {
  const { grid, data } = state;
  const kind = data.selectable ? "button" : "div";
  if (state.kind !== kind || state.cells.length !== data.count) rebuild(state, kind);
  grid.style.setProperty("--columns", data.columns);
  grid.style.setProperty("--phone-columns", data.phoneColumns);
  grid.style.setProperty("--cell", data.cell);
  grid.style.setProperty("--picture", data.picture);
  grid.style.setProperty("--aspect", `${data.width} / ${data.height}`);
  state.cells.forEach((cell, position) => label(cell, data, position));
  paint(state);
}

function rebuild(state, kind) {
  state.kind = kind;
  state.cells = Array.from({ length: state.data.count }, (_, position) => {
    const cell = element(kind, "cell");
    cell.dataset.position = position;
    cell.append(element("canvas"), element("span", "caption"));
    return cell;
  });
  state.grid.replaceChildren(...state.cells);
}

function label(cell, data, position) {
  const mark = data.marks[position] || "";
  const caption = data.captions[position] || "";
  const chosen = data.selected === position;
  cell.dataset.mark = mark;
  cell.lastChild.textContent = caption;
  cell.lastChild.hidden = !caption;
  cell.classList.toggle("chosen", chosen);
  const words = (data.alts[position] || caption || `picture ${position + 1}`) + (mark ? `, ${mark}` : "");
  cell.setAttribute("aria-label", words);
  if (data.selectable) {
    cell.type = "button";
    cell.setAttribute("aria-pressed", chosen);
    cell.tabIndex = position === (data.selected ?? 0) ? 0 : -1;
  } else {
    cell.setAttribute("role", "img");
  }
}

function paint(state) {
  const { sprite, data } = state;
  const cut = () => {
    state.cells.forEach((cell, position) => {
      const canvas = cell.firstChild;
      canvas.width = data.width;
      canvas.height = data.height;
      const column = position % data.spriteColumns;
      const row = Math.floor(position / data.spriteColumns);
      const at = [column * data.width, row * data.height, data.width, data.height];
      canvas.getContext("2d").drawImage(sprite, ...at, 0, 0, data.width, data.height);
    });
    state.grid.dataset.drawn = data.count;
  };
  if (state.src === data.src) {
    if (sprite.complete) cut();
    return;
  }
  state.src = data.src;
  sprite.onload = cut;
  sprite.src = data.src;
}

function choose(state, cell) {
  if (cell && state.data.selectable) state.choose(Number(cell.dataset.position));
}

function walk(state, event) {
  const cell = event.target.closest(".cell");
  if (!cell || !state.data.selectable) return;
  const step = arrow(event);
  if (!step) return;
  const columns = getComputedStyle(state.grid).gridTemplateColumns.split(" ").length;
  const next = state.cells[Number(cell.dataset.position) + step[0] * columns + step[1]];
  if (!next) return;
  state.cells.forEach((other) => (other.tabIndex = -1));
  next.tabIndex = 0;
  next.focus();
}
