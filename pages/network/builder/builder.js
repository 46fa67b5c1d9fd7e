// Edits a list of layers. Every edit sends the whole list; shapes, parameters and the drawing come back from Python.

import { move, startFrom, undo } from "./editing.js";
import { bytes, short } from "./figures.js";
import { header, inputRow, layerRow } from "./rows.js";
import { element, focusedBeside, planted, put, remembering } from "../../shared/js/elements.js";
import { arrowAlong } from "../../shared/js/keys.js";
import { grouped } from "../../shared/js/numbers.js";

const stateOf = remembering(build);

export default function ({ parentElement, data, setStateValue }) {
  const state = stateOf(parentElement, data);
  state.send = (edit) => setStateValue("edit", edit);
  if (state.version !== undefined && data.version < state.version) return; // the answer to an older edit
  state.version = data.version;
  state.layers = structuredClone(data.layers);
  state.scaling = data.scaling;
  state.data = data;
  if (!state.dragged) draw(state); // a row in the hand must stay there
}

function build(parent, { presets, kinds }) {
  const { root, find } = planted(parent, "builder", `
    <div class="bar">
      <dl class="totals"></dl>
      <span class="tools">
        <select class="preset" aria-label="Start from a network"></select>
        <button type="button" class="undo" title="Undo (Ctrl + Z)">Undo</button>
      </span>
    </div>
    <div class="drawing"></div>
    <p class="refused" role="alert"></p>
    <div class="table" role="table" aria-label="Layers"></div>`);
  root.dataset.metric = "parameters";
  const broken = element("p", "broken", "", { role: "alert", "data-key": "broken" });
  const state = { root, find, broken, kinds, adders: new Map(), history: [], chosen: null };
  Object.assign(state, { draw: () => draw(state), drawTable: () => drawTable(state) }); // for whoever has changed the list
  find(".undo").onclick = () => undo(state);
  find(".preset").append(new Option("Start from …", ""), ...Object.keys(presets).map((name) => new Option(name, name)));
  find(".preset").onchange = (event) => startFrom(state, event.target);
  find(".drawing").addEventListener("click", (event) => pick(state, event.target.closest("[data-layer]")));
  find(".drawing").addEventListener("keydown", (event) => walk(state, event));
  find(".table").addEventListener("pointerover", (event) => point(state, event.target.closest(".row")));
  find(".table").addEventListener("focusin", (event) => point(state, event.target.closest(".row")));
  find(".table").addEventListener("pointerleave", () => point(state, null));
  root.addEventListener("keydown", (event) => shortcut(state, event));
  return state;
}

function shortcut(state, event) {
  const row = event.target.closest(".row[data-path]");
  if (row && event.altKey && ["ArrowUp", "ArrowDown"].includes(event.key)) {
    event.preventDefault();
    move(state, row.dataset.path.split(".").map(Number), event.key === "ArrowUp" ? -1 : 1);
  } else if ((event.ctrlKey || event.metaKey) && event.key === "z" && event.target.localName !== "input") {
    event.preventDefault();
    undo(state);
  }
}

// Drawing

function draw(state) {
  const { data, find } = state;
  if (data.refused && state.root.classList.contains("pending")) state.history.pop(); // what was refused cannot be undone
  if (state.shown !== data.drawing) {
    find(".drawing").innerHTML = state.shown = data.drawing; // made by core/charts/network_drawing.py, labels escaped
    letWalk(state);
  }
  find(".refused").textContent = data.refused;
  find(".undo").disabled = state.history.length === 0;
  drawTotals(state);
  drawTable(state);
  choose(state);
  point(state);
  state.root.classList.remove("pending");
  state.root.dataset.version = data.version;
}

function drawTotals(state) {
  const { totals, error } = state.data;
  const facts = [
    ["parameters", grouped(totals.parameters)],
    ["multiply-adds an image", short(totals.multiplyAdds)],
    ["outputs in memory", bytes(totals.memory)],
    ["receptive field", `${totals.field} × ${totals.field}`],
  ];
  const list = state.find(".totals");
  if (!list.children.length) list.innerHTML = facts.map(([label]) => `<div><dt data-words>${label}</dt><dd></dd></div>`).join("");
  facts.forEach(([, value], at) => put(list.children[at].lastChild, error ? "—" : value));
}

function drawTable(state) {
  const { data, find, broken } = state;
  const drawn = new Map([...find(".table").children].map((row) => [row.dataset.key, row]));
  const rows = [drawn.get("head") ?? header(state), drawn.get("input") ?? inputRow(state)];
  rows[1].show();
  const add = (layer, path, figures = {}) => {
    const key = `${path.join(".")} ${layer.kind}`;
    const row = drawn.get(key) ?? layerRow(state, layer.kind, path);
    row.dataset.key = key;
    row.show(layer, figures, data.error);
    rows.push(row);
  };
  state.layers.forEach((layer, index) => {
    const figures = data.rows[index] ?? { inside: [] };
    add(layer, [index], figures);
    (layer.layers ?? []).forEach((inner, inside) => add(inner, [index, inside], figures.inside[inside]));
    if (data.error?.layer === index) {
      put(broken, data.error.message);
      rows.push(broken);
    }
  });
  const focused = () => focusedBeside(state.root)?.dataset.id;
  const held = state.focus || focused();
  arrange(find(".table"), rows);
  if (held && focused() !== held) focusOn(find(`[data-id="${held}"]`) ?? find(`[data-id="${held.replace(/[a-z_]+$/, "add")}"]`));
  state.focus = "";
}

// Puts `children` into this order and touches only what is new, gone or elsewhere.
function arrange(parent, children) {
  for (const old of [...parent.children]) if (!children.includes(old)) old.remove();
  children.forEach((child, index) => {
    if (parent.children[index] !== child) parent.insertBefore(child, parent.children[index] ?? null);
  });
}

function focusOn(control) {
  control?.focus({ preventScroll: true });
  control?.scrollIntoView({ block: "nearest" });
}

// A click on a volume, or Enter, marks it and its row; a row pointed at lights up its volume.

// The drawing is one stop of the Tab key; within it the arrow keys walk from volume to volume.
function letWalk({ find }) {
  find(".network")?.setAttribute("role", "group");
  [...find(".drawing").querySelectorAll(".volume")].forEach((volume, at) => {
    volume.tabIndex = at ? -1 : 0;
    volume.setAttribute("role", "button");
    const label = find(`.labels[data-layer="${volume.dataset.layer}"]`);
    volume.setAttribute("aria-label", [...label.children].map((line) => line.textContent).join(", "));
  });
}

function walk(state, event) {
  const volumes = [...state.root.querySelectorAll(".volume")];
  const at = volumes.indexOf(event.target);
  if (at < 0) return;
  volumes[at + arrowAlong(event)]?.focus();
  if (event.key !== "Enter" && event.key !== " ") return;
  event.preventDefault();
  pick(state, volumes[at]);
}

function pick(state, volume) {
  if (!volume) return;
  state.chosen = volume.dataset.layer;
  choose(state);
  state.find(".row.chosen")?.scrollIntoView({ block: "nearest", behavior: "smooth" });
}

function choose(state) {
  for (const row of state.root.querySelectorAll(".row")) row.classList.toggle("chosen", (row.dataset.path ?? "-1") === state.chosen);
  for (const box of state.root.querySelectorAll(".volume")) box.classList.toggle("chosen", box.dataset.layer === state.chosen);
}

// A layer that keeps the shape has no volume of its own: it belongs to the one before it.
function point(state, row = state.pointed) {
  state.pointed = row;
  const layer = row ? Number.parseInt(row.dataset.path ?? -1, 10) : NaN;
  const volumes = [...state.root.querySelectorAll(".volume")];
  const pointed = volumes.filter((box) => Number(box.dataset.layer) <= layer).pop();
  for (const box of volumes) box.classList.toggle("pointed", box === pointed);
}
