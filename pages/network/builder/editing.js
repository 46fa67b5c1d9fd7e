// The list of layers that is being edited, and what one can do to it.

import { focusedBeside } from "../../shared/js/elements.js";

// Draws the edited list at once; `align` does to the rows of figures what `change` does to the layers.
/** @param {(rows: any[]) => void} [align] */
export function edit(state, change, align = () => {}) {
  state.history.push(JSON.stringify([state.layers, state.scaling]));
  change();
  send(state); // first, so that Python works while the browser draws
  const rows = structuredClone(state.data.rows);
  align(rows);
  state.data = { ...state.data, rows, error: null };
  state.drawTable();
}

function send(state) {
  state.version += 1;
  state.send({ version: state.version, layers: state.layers, scaling: state.scaling });
  state.root.classList.add("pending");
  state.find(".undo").disabled = state.history.length === 0;
}

export function undo(state) {
  if (!state.history.length) return;
  [state.layers, state.scaling] = JSON.parse(state.history.pop());
  send(state);
}

export function startFrom(state, menu) {
  const preset = state.data.presets[menu.value];
  menu.value = "";
  edit(state, () => {
    state.layers = structuredClone(preset.layers);
    state.layers[state.layers.length - 1].units = state.data.classes;
    state.scaling = preset.input_scaling;
  }, (rows) => rows.splice(0));
}

// A path says where a layer stands: [3] is the network's fourth, [3, 0] the first in the branch of that residual block.
export const listOf = (state, path) => (path.length === 1 ? state.layers : state.layers[path[0]]?.layers);
const rowsOf = (rows, path) => (path.length === 1 ? rows : rows[path[0]].inside);
export const last = (path) => path[path.length - 1];
const beside = (path, place) => [...path.slice(0, -1), place];

export function insert(state, path, kind) {
  const at = last(path) + 1;
  const layer = fresh(state, kind, channelsAfter(state, path));
  state.focus = `${beside(path, at).join(".")}.add`;
  edit(state, () => listOf(state, path).splice(at, 0, layer), (rows) => rowsOf(rows, path).splice(at, 0, { inside: [] }));
}

export function remove(state, path) {
  const list = listOf(state, path);
  if (list.length < 2) return;
  state.focus = `${beside(path, Math.min(last(path), list.length - 2)).join(".")}.remove`;
  edit(state, () => list.splice(last(path), 1), (rows) => rowsOf(rows, path).splice(last(path), 1));
}

export function move(state, path, by) {
  reorder(state, path, last(path) + by);
}

export function reorder(state, path, target) {
  if (target === last(path) || target < 0 || target >= listOf(state, path).length) return;
  const shift = (list) => list.splice(target, 0, list.splice(last(path), 1)[0]);
  const control = focusedBeside(state.root)?.dataset.id?.split(".").pop() ?? "up";
  state.focus = `${beside(path, target).join(".")}.${control}`;
  edit(state, () => shift(listOf(state, path)), (rows) => shift(rowsOf(rows, path)));
}

// A new layer, as Python has described it; a new block keeps the number of channels that flow in.
function fresh(state, kind, channels) {
  return JSON.parse(JSON.stringify(state.kinds[kind].fresh).replaceAll('"channels"', channels));
}

function channelsAfter(state, path) {
  const shape = path[0] < 0 ? [32, 32, 3] : rowsOf(state.data.rows, path)?.[last(path)]?.shape;
  return shape?.[shape.length - 1] ?? 32;
}
