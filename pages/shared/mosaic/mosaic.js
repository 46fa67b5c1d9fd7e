// A grid of pictures cut from one sprite. Arrow keys walk, Enter or a click chooses.

import { element, planted, remembering } from "../js/elements.js";
import { arrow } from "../js/keys.js";

const stateOf = remembering((parent) => {
  const grid = planted(parent, "mosaic").root;
  const state = { grid, cells: [], image: new Image() };
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
  if (state.kind !== kind || state.cells.length !== data.sprite.count) rebuild(state, kind);
  const { columns, phone_columns, cell, picture } = data.layout;
  const aspect = `${data.sprite.width} / ${data.sprite.height}`;
  const sizes = { columns, "phone-columns": Math.min(columns, phone_columns), cell, picture, aspect };
  for (const [name, size] of Object.entries(sizes)) grid.style.setProperty(`--${name}`, size);
  state.cells.forEach((cell, position) => label(cell, data, position));
  paint(state);
}

function rebuild(state, kind) {
  state.kind = kind;
  state.cells = Array.from({ length: state.data.sprite.count }, (_, position) => {
    const cell = element(kind, "cell", "", { "data-position": position });
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
    cell.setAttribute("aria-pressed", chosen);
    cell.tabIndex = position === (data.selected ?? 0) ? 0 : -1;
  } else {
    cell.setAttribute("role", "img");
  }
}

function paint(state) {
  const { image, data: { sprite: { source, count, height, width, columns } } } = state;
  const cut = () => {
    state.cells.forEach((cell, position) => {
      const canvas = cell.firstChild;
      canvas.width = width;
      canvas.height = height;
      const at = [(position % columns) * width, Math.floor(position / columns) * height, width, height];
      canvas.getContext("2d").drawImage(image, ...at, 0, 0, width, height);
    });
    state.grid.dataset.drawn = count;
  };
  if (state.source === source) {
    if (image.complete) cut();
    return;
  }
  state.source = source;
  image.onload = cut;
  image.src = source;
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
