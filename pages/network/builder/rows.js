// The rows of the table. A row lives as long as place and kind of its layer do, and what changes is put into it: whoever
// types or points in it is not disturbed.

import { edit, insert, last, listOf, move, remove, reorder } from "./editing.js";
import { bytes, shapeText, short } from "./figures.js";
import { element, focusedBeside, put } from "../../shared/js/elements.js";
import { grouped } from "../../shared/js/numbers.js";

const METRICS = { parameters: "parameters", multiplyAdds: "multiply-adds", memory: "memory", field: "sees" };

export function header(state) {
  const row = element("div", "head", "", { role: "row", "data-key": "head" });
  const metric = element("select", "metric", "", { "aria-label": "Figure shown" });
  metric.append(...Object.entries(METRICS).map(([value, label]) => new Option(label, value)));
  metric.onchange = () => (state.root.dataset.metric = metric.value);
  const last = cell("figure choose");
  last.append(metric);
  row.append(cell("", "layer"), cell("", "settings"), cell("shape", "output"),
    ...Object.entries(METRICS).map(([name, label]) => cell(`figure ${name}`, label)), last);
  return row;
}

export function inputRow(state) {
  const row = element("div", "row input", "", { role: "row", "data-key": "input" });
  const settings = cell("settings");
  const scaling = element("select", "", "", { "data-id": "scaling", "aria-label": "Input scaling" });
  scaling.append(new Option("pixels in 0..1", "unit"), new Option("zero mean, unit variance", "standard"));
  scaling.onchange = () => edit(state, () => (state.scaling = scaling.value));
  settings.append(scaling);
  row.append(cell("name", "Input"), settings, cell("shape", "32 × 32 × 3"), ...Object.keys(METRICS).map((name) => cell(`figure ${name}`)),
    actions(state, [-1], ["add"]));
  row.show = () => (scaling.value = state.scaling);
  return row;
}

export function layerRow(state, kind, path) {
  const row = element("div", path.length > 1 ? "row inside" : "row", "", { role: "row", "data-path": path.join(".") });
  const name = cell("name");
  const { title, note, fields: offered } = state.kinds[kind];
  const [first, ...rest] = title.split(/(?=Pooling)/);
  name.append(first, ...rest.flatMap((part) => [element("wbr"), part]));
  letDrag(state, row, name, path);
  const settings = cell("settings", note);
  const fields = offered.map((field) => setting(state, kind, field, path));
  settings.append(...fields);
  const shape = cell("shape");
  const figures = Object.fromEntries(Object.keys(METRICS).map((metric) => [metric, cell(`figure ${metric}`)]));
  const [terms, sum] = [element("span", "formula"), element("b")];
  figures.parameters.append(terms, sum);
  row.append(name, settings, shape, ...Object.values(figures), actions(state, path));
  row.show = (layer, found, error) => {
    for (const field of fields) field.show(layer);
    name.title = found.name ?? "";
    row.classList.toggle("breaks", error?.layer === path[0] && !found.shape);
    row.classList.toggle("unreached", Boolean(error) && !found.shape && error.layer !== path[0]);
    row.classList.toggle("learned", Boolean(found.parameters));
    put(shape, shapeText(found.shape));
    put(terms, found.parameters ? `${found.formula} = ` : "");
    put(sum, found.parameters ? grouped(found.parameters) : "");
    put(figures.multiplyAdds, found.multiplyAdds ? short(found.multiplyAdds) : "");
    put(figures.memory, found.memory ? bytes(found.memory) : "");
    put(figures.field, found.field ? `${found.field} × ${found.field}` : "");
  };
  return row;
}

// One setting of a layer; what does not fit is refused by Python, in a sentence.
function setting(state, kind, field, path) {
  const label = element("label");
  const layer = () => listOf(state, path)?.[last(path)];
  const set = (value) => edit(state, () => (layer()[field.name] = value));
  const choice = field.options;
  const control = element(choice ? "select" : "input", "", "", { "data-id": `${path.join(".")}.${field.name}`, "aria-label": `${kind}: ${field.label}` });
  const square = element("span");
  const fit = () => {
    control.style.width = `${Math.max(1, control.value.length) + 1}ch`;
    square.textContent = field.square ? control.value : "";
  };
  if (choice) {
    control.append(...choice.map(([value, words]) => new Option(words, value)));
    control.onchange = () => set(choice[control.selectedIndex][0]);
    label.append(control);
  } else {
    Object.assign(control, { type: "number", min: field.low, max: field.high, step: field.step });
    control.oninput = () => {
      fit();
      if (control.value !== "") set(Number(control.value));
    };
    control.onblur = () => layer() && label.show(layer());
    label.append(field.before, control, field.after, square);
  }
  label.show = (shown) => {
    label.classList.toggle("usual", "usual" in field && shown[field.name] === field.usual);
    if (!choice && control === focusedBeside(state.root)) return; // still being typed
    control.value = shown[field.name] ?? shown[field.follows];
    if (!choice) fit();
  };
  return label;
}

// The menu of kinds, made once for the network and once for the inside of a block, and copied for every row.
function adder({ adders, kinds }, outside) {
  if (!adders.has(outside)) {
    const menu = element("select", "add");
    const names = Object.keys(kinds).filter((kind) => outside || kinds[kind].nests);
    menu.append(new Option("+", ""), ...names.map((kind) => new Option(kind, kind)));
    adders.set(outside, menu);
  }
  return adders.get(outside).cloneNode(true);
}

function actions(state, path, only = ["add", "up", "down", "remove"]) {
  const box = cell("actions");
  const add = adder(state, path.length === 1);
  add.dataset.id = `${path.join(".")}.add`;
  add.setAttribute("aria-label", path[0] < 0 ? "Add a layer after the input" : `Add a layer after layer ${placeText(path)}`);
  add.onchange = () => {
    insert(state, path, add.value);
    add.value = "";
  };
  box.append(add);
  if (!only.includes("up")) return box;
  /** @type {[string, string, string, string, () => void][]} */
  const buttons = [["up", "↑", "Move up", "Alt + ↑", () => move(state, path, -1)], ["down", "↓", "Move down", "Alt + ↓", () => move(state, path, 1)],
    ["remove", "×", "Remove", "", () => remove(state, path)]];
  for (const [name, sign, label, keys, work] of buttons) {
    const title = keys ? `${label} (${keys})` : label;
    const button = element("button", "", sign, { title, "data-id": `${path.join(".")}.${name}`, "aria-label": `${label}: layer ${placeText(path)}` });
    button.onclick = work;
    box.append(button);
  }
  return box;
}

// A row is dragged by its name, within its list: the network's, or the branch of one residual block.
function letDrag(state, row, name, path) {
  const fits = () => state.dragged && state.dragged.slice(0, -1).join() === path.slice(0, -1).join();
  name.draggable = true;
  name.ondragstart = (event) => { state.dragged = path; event.dataTransfer.effectAllowed = "move"; };
  name.ondragend = () => { state.dragged = null; state.draw(); };
  row.ondragover = (event) => { if (fits()) { event.preventDefault(); row.classList.add("over"); } };
  row.ondragleave = () => row.classList.remove("over");
  row.ondrop = (event) => {
    event.preventDefault();
    row.classList.remove("over");
    if (fits()) reorder(state, state.dragged, last(path));
    state.dragged = null;
  };
}

const cell = (name, text = "") => element("div", name, text, { role: "cell" });

const placeText = (path) => path.map((n) => n + 1).join(".");
