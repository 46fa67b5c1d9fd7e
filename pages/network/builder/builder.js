// Edits a list of layers. Every edit sends the whole list; shapes, parameters and the drawing come back from Python.

const states = new WeakMap();

export default function ({ parentElement, data, setStateValue }) {
  let state = states.get(parentElement);
  if (!state) {
    state = build(parentElement, data.presets, data.kinds);
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

function build(parent, presets, kinds) {
  const root = element("div", "builder");
  root.dataset.metric = "parameters";
  root.innerHTML = `
    <div class="bar">
      <dl class="totals"></dl>
      <span class="tools">
        <select class="preset" aria-label="Start from a network"></select>
        <button type="button" class="undo" title="Undo (Ctrl + Z)">Undo</button>
      </span>
    </div>
    <div class="drawing"></div>
    <p class="refused" role="alert"></p>
    <div class="table" role="table" aria-label="Layers"></div>`;
  parent.appendChild(root);
  const find = (selector) => root.querySelector(selector);
  const broken = element("p", "broken");
  broken.setAttribute("role", "alert");
  broken.dataset.key = "broken";
  const state = { root, find, broken, kinds, adders: new Map(), history: [], chosen: null };
  find(".undo").onclick = () => undo(state);
  find(".preset").append(new Option("Start from …", ""), ...Object.keys(presets).map((name) => new Option(name, name)));
  find(".preset").onchange = (event) => startFrom(state, event.target);
  find(".drawing").addEventListener("click", (event) => pick(state, event.target.closest("[data-layer]")));
  find(".table").addEventListener("pointerover", (event) => point(state, event.target.closest(".row")));
  find(".table").addEventListener("focusin", (event) => point(state, event.target.closest(".row")));
  find(".table").addEventListener("pointerleave", () => point(state, null));
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
  state.data = { ...state.data, rows, error: null };
  drawTable(state);
}

function send(state) {
  state.version += 1;
  state.send({ version: state.version, layers: state.layers, scaling: state.scaling });
  state.root.classList.add("pending");
  state.find(".undo").disabled = state.history.length === 0;
}

function undo(state) {
  if (!state.history.length) return;
  [state.layers, state.scaling] = JSON.parse(state.history.pop());
  send(state);
}

function startFrom(state, menu) {
  const preset = state.data.presets[menu.value];
  menu.value = "";
  edit(state, () => { state.layers = structuredClone(preset.layers); state.scaling = preset.input_scaling; }, (rows) => rows.splice(0));
}

// A path says where a layer stands: [3] is the network's fourth, [3, 0] the first in the branch of that residual block.
const listOf = (state, path) => (path.length === 1 ? state.layers : state.layers[path[0]]?.layers);
const rowsOf = (rows, path) => (path.length === 1 ? rows : rows[path[0]].inside);
const last = (path) => path[path.length - 1];
const beside = (path, place) => [...path.slice(0, -1), place];

function insert(state, path, kind) {
  const at = last(path) + 1;
  const layer = fresh(state, kind, channelsAfter(state, path));
  state.focus = `${beside(path, at).join(".")}.add`;
  edit(state, () => listOf(state, path).splice(at, 0, layer), (rows) => rowsOf(rows, path).splice(at, 0, { inside: [] }));
}

function remove(state, path) {
  const list = listOf(state, path);
  if (list.length < 2) return;
  state.focus = `${beside(path, Math.min(last(path), list.length - 2)).join(".")}.remove`;
  edit(state, () => list.splice(last(path), 1), (rows) => rowsOf(rows, path).splice(last(path), 1));
}

function move(state, path, by) {
  reorder(state, path, last(path) + by);
}

function reorder(state, path, target) {
  if (target === last(path) || target < 0 || target >= listOf(state, path).length) return;
  const shift = (list) => list.splice(target, 0, list.splice(last(path), 1)[0]);
  const control = state.root.getRootNode().activeElement?.dataset?.id?.split(".").pop() ?? "up";
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
  if (state.shown !== data.drawing) find(".drawing").innerHTML = state.shown = data.drawing; // made by core/charts/network_drawing.py, labels escaped
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
    ["parameters", totals.parameters.toLocaleString("en")],
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
  const focused = () => state.root.getRootNode().activeElement?.dataset?.id;
  const held = state.focus || focused();
  arrange(find(".table"), rows);
  if (held && focused() !== held) focusOn(find(`[data-id="${held}"]`) ?? find(`[data-id="${held.replace(/[a-z_]+$/, "add")}"]`));
  state.focus = "";
}

function focusOn(control) {
  control?.focus({ preventScroll: true });
  control?.scrollIntoView({ block: "nearest" });
}

// A click on a volume marks it and its row; a row pointed at lights up its volume.

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
