// Edits a list of layers. Every edit sends the whole list; shapes, parameters and the drawing come back from Python.

const KINDS = ["Conv2D", "MaxPooling2D", "AveragePooling2D", "BatchNormalization", "ReLU", "Dropout", "Flatten",
  "GlobalAveragePooling2D", "GlobalMaxPooling2D", "Dense", "Residual"];
const PADDING = { kind: "choice", name: "padding", options: { valid: "valid", same: "same" }, label: "padding" };
const ACTIVATION = { kind: "choice", name: "activation", options: { relu: "ReLU", linear: "linear" }, label: "activation" };
const BIAS = { kind: "choice", name: "use_bias", options: { true: "bias", false: "no bias" }, label: "bias", boolean: true, usual: true };
const number = (name, before, after, low, high, more = {}) => ({ kind: "number", name, before, after, low, high, step: 1, ...more });
// Settings marked `usual` are folded away while they have that value and nobody edits the row.
const STRIDE = (high, usual) => number("strides", "stride", "", 1, high, { usual });
const POOL = [number("pool_size", "", "×", 1, 32, { square: true }), PADDING, STRIDE(32, null)];
const FIELDS = {
  Conv2D: [number("filters", "", "filters", 1, 512), number("kernel_size", "", "×", 1, 11, { square: true }), PADDING, ACTIVATION, STRIDE(8, 1), BIAS],
  MaxPooling2D: POOL,
  AveragePooling2D: POOL,
  BatchNormalization: [number("momentum", "momentum", "", 0, 0.999, { step: "any" })],
  Dropout: [number("rate", "rate", "", 0, 0.95, { step: 0.05 })],
  Dense: [number("units", "", "units", 1, 1024), ACTIVATION, BIAS],
};
const METRICS = { parameters: "parameters", multiplyAdds: "multiply-adds", memory: "memory", field: "sees" };
const states = new WeakMap();

export default function ({ parentElement, data, setStateValue }) {
  let state = states.get(parentElement);
  if (!state) {
    state = build(parentElement);
    states.set(parentElement, state);
  }
  state.send = (edit) => setStateValue("edit", edit);
  if (state.version !== undefined && data.version < state.version) return; // the answer to an older edit
  state.version = data.version;
  state.layers = structuredClone(data.layers);
  state.scaling = data.scaling;
  state.data = data;
  if (!state.dragged) draw(state); // a row in the hand must stay there
}

function build(parent) {
  const root = document.createElement("div");
  root.className = "builder";
  root.innerHTML = `
    <div class="bar">
      <dl class="totals"></dl>
      <span class="tools">
        <select class="preset" aria-label="Start from a network"></select>
        <button type="button" class="undo">Undo</button>
      </span>
    </div>
    <div class="drawing"></div>
    <p class="refused" role="alert"></p>
    <div class="table" role="table" aria-label="Layers"></div>`;
  parent.appendChild(root);
  const state = { root, find: (selector) => root.querySelector(selector), history: [], metric: "parameters", open: null };
  state.find(".undo").onclick = () => undo(state);
  state.find(".preset").onchange = (event) => startFrom(state, event.target.value);
  state.find(".drawing").addEventListener("click", (event) => pick(state, event.target.closest("[data-layer]")));
  root.addEventListener("keydown", (event) => shortcut(state, event));
  return state;
}

// Editing

// Draws the edited list at once; `align` does to the rows of figures what `change` does to the layers.
function edit(state, change, align = () => {}) {
  state.history.push(JSON.stringify([state.layers, state.scaling]));
  change();
  send(state); // first, so that Python works while the browser draws
  const rows = structuredClone(state.data.rows);
  align(rows);
  state.data = { ...state.data, rows, layers: structuredClone(state.layers), error: null };
  state.root.classList.add("pending");
  drawTable(state);
}

function send(state) {
  state.version += 1;
  state.send({ version: state.version, layers: state.layers, scaling: state.scaling });
  state.find(".undo").disabled = state.history.length === 0;
}

function undo(state) {
  if (!state.history.length) return;
  state.root.classList.add("pending");
  [state.layers, state.scaling] = JSON.parse(state.history.pop());
  send(state);
}

function startFrom(state, name) {
  const preset = state.data.presets[name];
  if (preset) edit(state, () => { state.layers = structuredClone(preset.layers); state.scaling = preset.input_scaling; });
}

const listOf = (state, path) => (path.length === 1 ? state.layers : state.layers[path[0]].layers);
const rowsOf = (rows, path) => (path.length === 1 ? rows : rows[path[0]].inside);
const last = (path) => path[path.length - 1];

function insert(state, path, kind) {
  const at = last(path) + 1;
  const layer = fresh(kind, channelsAfter(state, path));
  focusLater(state, [...path.slice(0, -1), at]);
  edit(state, () => listOf(state, path).splice(at, 0, layer), (rows) => rowsOf(rows, path).splice(at, 0, { inside: [] }));
}

function remove(state, path) {
  if (listOf(state, path).length < 2) return;
  edit(state, () => listOf(state, path).splice(last(path), 1), (rows) => rowsOf(rows, path).splice(last(path), 1));
}

function move(state, path, by) {
  reorder(state, path, last(path) + by);
}

function reorder(state, path, target) {
  if (target === last(path) || target < 0 || target >= listOf(state, path).length) return;
  const shift = (list) => list.splice(target, 0, list.splice(last(path), 1)[0]);
  focusLater(state, [...path.slice(0, -1), target]);
  edit(state, () => shift(listOf(state, path)), (rows) => shift(rowsOf(rows, path)));
}

// A row is dragged by its name, within its list: the network's, or the branch of one residual block.
function letDrag(state, row, name, path) {
  const fits = () => state.dragged && state.dragged.slice(0, -1).join() === path.slice(0, -1).join();
  name.draggable = true;
  name.ondragstart = (event) => { state.dragged = path; event.dataTransfer.effectAllowed = "move"; };
  name.ondragend = () => { state.dragged = null; draw(state); };
  row.ondragover = (event) => { if (fits()) { event.preventDefault(); row.classList.add("over"); } };
  row.ondragleave = () => row.classList.remove("over");
  row.ondrop = (event) => {
    event.preventDefault();
    row.classList.remove("over");
    if (fits()) reorder(state, state.dragged, last(path));
    state.dragged = null;
  };
}

function channelsAfter(state, path) {
  const row = path.length === 1 ? state.data.rows[path[0]] : state.data.rows[path[0]]?.inside[path[1]];
  return row?.shape?.[row.shape.length - 1] ?? 32;
}

function fresh(kind, channels) {
  const convolution = (filters, activation = "relu") => ({ kind: "Conv2D", filters, kernel_size: 3, strides: 1, padding: "same", activation, use_bias: true });
  switch (kind) {
    case "Conv2D": return convolution(32);
    case "MaxPooling2D": case "AveragePooling2D": return { kind, pool_size: 2, strides: null, padding: "valid" };
    case "BatchNormalization": return { kind, momentum: 0.9 };
    case "Dropout": return { kind, rate: 0.25 };
    case "Dense": return { kind, units: 64, activation: "relu", use_bias: true };
    case "Residual": return { kind, layers: [convolution(channels), convolution(channels)] };
    default: return { kind };
  }
}

function focusLater(state, path) {
  state.focus = path.join(".");
}

function shortcut(state, event) {
  const row = event.target.closest(".row");
  if (!row || !event.altKey || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
  event.preventDefault();
  move(state, row.dataset.path.split(".").map(Number), event.key === "ArrowUp" ? -1 : 1);
}

// Drawing

function draw(state) {
  const { data, find } = state;
  if (state.shown !== data.drawing) find(".drawing").innerHTML = state.shown = data.drawing; // made by core/charts/network_drawing.py, labels escaped
  find(".refused").textContent = data.refused;
  find(".undo").disabled = state.history.length === 0;
  const presets = [option("", "Start from …"), ...Object.keys(data.presets).map((name) => option(name, name))];
  find(".preset").replaceChildren(...presets);
  drawTotals(state);
  drawTable(state);
  state.root.classList.remove("pending");
  state.root.dataset.version = data.version;
}

// Rebuilds the rows only when the layers differ from those drawn; else the figures alone are brought up to date.
function drawTable(state) {
  const { data, find } = state;
  const drawn = JSON.stringify([data.layers, state.scaling, data.error]);
  if (drawn === state.drawn) return drawFigures(state);
  state.drawn = drawn;
  const focused = state.root.getRootNode().activeElement?.dataset?.id;
  const rows = [header(state), inputRow(state)];
  data.layers.forEach((layer, index) => rows.push(...layerRows(state, layer, index)));
  find(".table").replaceChildren(...rows);
  if (state.focus !== undefined) find(`[data-path="${state.focus}"] .handle`)?.focus({ preventScroll: true });
  else if (focused) refocus(find(`[data-id="${focused}"]`));
  state.focus = undefined;
}

function drawFigures(state) {
  for (const row of state.root.querySelectorAll(".row[data-path]")) {
    const path = row.dataset.path.split(".").map(Number);
    const figures = rowsOf(state.data.rows, path)?.[last(path)] ?? {};
    row.classList.toggle("learned", Boolean(figures.parameters));
    row.querySelector(".name").title = figures.name ?? "";
    for (const old of row.querySelectorAll(".shape, .figure")) old.remove();
    row.querySelector(".actions").before(...figureCells(figures));
  }
}

function figureCells(figures) {
  return [cell("shape", shapeText(figures.shape)), parameters(figures),
    cell("figure multiplyAdds", figures.multiplyAdds ? short(figures.multiplyAdds) : ""),
    cell("figure memory", figures.memory ? bytes(figures.memory) : ""),
    cell("figure field", figures.field ? `${figures.field} × ${figures.field}` : "")];
}

// Whoever types goes on typing behind the last digit; only text fields let a program say so.
function refocus(control) {
  control?.focus({ preventScroll: true });
  if (control?.type !== "number") return;
  control.type = "text";
  control.setSelectionRange(control.value.length, control.value.length);
  control.type = "number";
}

function drawTotals(state) {
  const { totals, error } = state.data;
  const facts = error
    ? [["parameters", "—"], ["multiply-adds", "—"], ["values in memory", "—"], ["receptive field", "—"]]
    : [
        ["parameters", totals.parameters.toLocaleString("en")],
        ["multiply-adds an image", short(totals.multiplyAdds)],
        ["outputs in memory", bytes(totals.memory)],
        ["receptive field", `${totals.field} × ${totals.field}`],
      ];
  state.find(".totals").innerHTML = facts.map(([label, value]) => `<div><dt>${label}</dt><dd>${value}</dd></div>`).join("");
}

function header(state) {
  const row = element("div", "head");
  row.setAttribute("role", "row");
  const metric = element("select", "metric");
  metric.setAttribute("aria-label", "Figure shown");
  metric.append(...Object.entries(METRICS).map(([value, label]) => option(value, label, value === state.metric)));
  metric.onchange = () => { state.metric = metric.value; state.root.dataset.metric = metric.value; };
  state.root.dataset.metric = state.metric;
  const last = cell("figure choose", "");
  last.append(metric);
  row.append(cell("", "layer"), cell("", "settings"), cell("shape", "output"), cell("figure parameters", "parameters"),
    cell("figure multiplyAdds", "multiply-adds"), cell("figure memory", "memory"), cell("figure field", "sees"), last);
  return row;
}

function inputRow(state) {
  const row = element("div", "row input");
  row.setAttribute("role", "row");
  const settings = cell("settings", "");
  const scaling = element("select");
  scaling.dataset.id = "scaling";
  scaling.setAttribute("aria-label", "Input scaling");
  scaling.append(option("unit", "pixels in 0..1", state.scaling === "unit"), option("standard", "zero mean, unit variance", state.scaling === "standard"));
  scaling.onchange = () => edit(state, () => (state.scaling = scaling.value));
  settings.append(scaling);
  row.append(cell("name", "Input"), settings, cell("shape", "32 × 32 × 3"), cell("figure parameters", ""), cell("figure multiplyAdds", ""),
    cell("figure memory", ""), cell("figure field", ""), actions(state, [-1], ["add"]));
  return row;
}

function layerRows(state, layer, index) {
  const figures = state.data.rows[index] ?? { inside: [] };
  const error = state.data.error;
  const rows = [layerRow(state, layer, [index], figures)];
  (layer.layers ?? []).forEach((inner, inside) => rows.push(layerRow(state, inner, [index, inside], figures.inside[inside] ?? {})));
  if (error && error.layer === index) {
    const message = element("p", "broken", error.message);
    message.setAttribute("role", "alert");
    rows.push(message);
  }
  return rows;
}

function layerRow(state, layer, path, figures) {
  const row = element("div", "row");
  const error = state.data.error;
  row.setAttribute("role", "row");
  row.dataset.path = path.join(".");
  row.classList.toggle("inside", path.length > 1);
  row.classList.toggle("breaks", error?.layer === path[0] && !figures.shape);
  row.classList.toggle("unreached", Boolean(error) && !figures.shape && error.layer !== path[0]);
  row.classList.toggle("chosen", state.chosen === row.dataset.path);
  row.classList.toggle("learned", Boolean(figures.parameters));
  const name = cell("name", layer.kind === "Residual" ? "Residual block" : layer.kind);
  if (figures.name) name.title = figures.name;
  letDrag(state, row, name, path);
  const settings = cell("settings", layer.kind === "Residual" ? "input + branch below" : "");
  settings.append(...(FIELDS[layer.kind] ?? []).map((field) => input(state, layer, field, path)));
  row.append(name, settings, ...figureCells(figures), actions(state, path));
  return row;
}

function parameters(figures) {
  const box = cell("figure parameters", "");
  if (!figures.parameters) return box;
  const [formula] = figures.formula.split(" = ");
  box.append(element("span", "formula", `${formula} = `), element("b", "", figures.parameters.toLocaleString("en")));
  return box;
}

function input(state, layer, field, path) {
  const label = element("label");
  const id = `${path.join(".")}.${field.name}`;
  label.classList.toggle("usual", "usual" in field && layer[field.name] === field.usual);
  const set = (value) => edit(state, () => (listOf(state, path)[last(path)][field.name] = value));
  let control;
  if (field.kind === "choice") {
    control = element("select");
    control.append(...Object.entries(field.options).map(([value, text]) => option(value, text, String(layer[field.name]) === value)));
    control.onchange = () => set(field.boolean ? control.value === "true" : control.value);
    control.setAttribute("aria-label", `${layer.kind}: ${field.label}`);
    label.append(control);
  } else {
    control = element("input");
    Object.assign(control, { type: "number", min: field.low, max: field.high, step: field.step, value: layer[field.name] ?? layer.pool_size });
    control.style.width = `${Math.max(1, String(control.value).length) + 1}ch`;
    control.oninput = () => control.checkValidity() && control.value !== "" && later(state, () => set(Number(control.value)));
    control.setAttribute("aria-label", `${layer.kind}: ${field.name.replace("_", " ")}`);
    label.append(field.before ? `${field.before} ` : "", control, field.after ? ` ${field.after}${field.square ? ` ${control.value}` : ""}` : "");
  }
  control.dataset.id = id;
  return label;
}

// A typed "128" is three input events: wait a moment so that the row does not jump under the fingers.
function later(state, work) {
  clearTimeout(state.timer);
  state.timer = setTimeout(work, 25);
}

const adders = new Map();

// The menu of kinds, made once for the network and once for the inside of a block, and copied for every row.
function adder(outside) {
  if (!adders.has(outside)) {
    const menu = element("select", "add");
    const kinds = KINDS.filter((kind) => outside || kind !== "Residual");
    menu.append(option("", "+"), ...kinds.map((kind) => option(kind, kind)));
    adders.set(outside, menu);
  }
  return adders.get(outside);
}

function actions(state, path, only = ["add", "up", "down", "remove"]) {
  const box = cell("actions", "");
  const add = adder(path.length === 1).cloneNode(true);
  add.dataset.id = `${path.join(".")}.add`;
  add.setAttribute("aria-label", path[0] < 0 ? "Add a layer after the input" : `Add a layer after layer ${path[0] + 1}`);
  add.onchange = () => {
    insert(state, path, add.value);
    add.value = "";
  };
  box.append(add);
  if (!only.includes("up")) return box;
  const buttons = [["up", "↑", "Move up", () => move(state, path, -1)], ["down", "↓", "Move down", () => move(state, path, 1)],
    ["remove", "×", "Remove", () => remove(state, path)]];
  for (const [name, sign, label, work] of buttons) {
    const button = element("button", name === "up" ? "handle" : "", sign);
    Object.assign(button, { type: "button", title: label, onclick: work });
    button.dataset.id = `${path.join(".")}.${name}`;
    button.setAttribute("aria-label", `${label}: layer ${path.map((n) => n + 1).join(".")}`);
    box.append(button);
  }
  return box;
}

function pick(state, volume) {
  if (!volume) return;
  const path = volume.dataset.layer;
  state.chosen = path;
  for (const row of state.root.querySelectorAll(".row")) row.classList.toggle("chosen", row.dataset.path === path);
  for (const box of state.root.querySelectorAll(".volume")) box.classList.toggle("chosen", box.dataset.layer === path);
  state.find(`.row[data-path="${path}"]`)?.scrollIntoView({ block: "nearest", behavior: "smooth" });
}

// Small things

function element(tag, name = "", text = "") {
  const made = document.createElement(tag);
  if (name) made.className = name;
  if (text) made.textContent = text;
  return made;
}

function cell(name, text) {
  const made = element("div", name, text);
  made.setAttribute("role", "cell");
  return made;
}

function option(value, text, selected = false) {
  const made = new Option(text, value, selected, selected);
  return made;
}

const shapeText = (shape) => (shape ? shape.map((n) => n.toLocaleString("en")).join(" × ") : "");

function short(value) {
  if (value >= 1e6) return `${(value / 1e6).toFixed(value >= 1e8 ? 0 : 1)} M`;
  if (value >= 1e4) return `${(value / 1e3).toFixed(0)} k`;
  return value.toLocaleString("en");
}

function bytes(value) {
  return value >= 1e6 ? `${(value / 1e6).toFixed(1)} MB` : value >= 1000 ? `${(value / 1000).toFixed(value >= 1e4 ? 0 : 1)} kB` : `${value} B`;
}
