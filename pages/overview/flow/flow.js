// One image on its way through the network. Pointing at a map, or walking there with the arrow keys, shows it large,
// with its true range and what it is computed from.

import { element, planted, remembering, resting } from "../../shared/js/elements.js";
import { arrow, within } from "../../shared/js/keys.js";
import { fixed, wholePercent } from "../../shared/js/numbers.js";

const SVG = "http://www.w3.org/2000/svg";

const stateOf = remembering(build);

export default function ({ parentElement, data, setStateValue }) {
  const state = stateOf(parentElement);
  state.data = data;
  state.chosen ??= data.chosen;
  state.tell = () => setStateValue("chosen", state.chosen);
  draw(state);
  return () => state.watch.disconnect();
}

function build(parent) {
  const { root } = planted(parent, "flow");
  const stage = element("div", "stage");
  const wires = document.createElementNS(SVG, "svg");
  wires.setAttribute("aria-hidden", "true");
  const columns = element("div", "columns");
  stage.append(wires, columns);
  const lens = element("div", "lens");
  lens.append(element("canvas"), element("p"));
  lens.firstChild.setAttribute("aria-hidden", "true"); // the words beside it say what it shows
  lens.lastChild.setAttribute("aria-live", "polite");
  root.append(stage, lens);
  const state = { root, stage, wires, columns, lens, chosen: null, rest: resting(root) };
  state.watch = new ResizeObserver(() => wire(state));
  columns.addEventListener("pointerover", (event) => choose(state, event.target.closest(".map")));
  columns.addEventListener("focusin", (event) => choose(state, event.target.closest(".map")));
  columns.addEventListener("keydown", (event) => walk(state, event));
  return state;
}

async function draw(state) {
  const { data, columns } = state;
  const form = JSON.stringify([data.head, data.columns.map((column) => [column.name, column.shape, column.count])]);
  if (state.form !== form) {
    state.form = form;
    state.maps = data.columns.map((column, x) =>
      Array.from({ length: column.count }, (_, y) => {
        const map = element("button", "map");
        map.type = "button";
        map.dataset.x = x;
        map.dataset.y = y;
        map.append(element("canvas"));
        return map;
      }),
    );
    columns.replaceChildren(...state.maps.map((maps, x) => heading(data.columns[x], maps)), headColumn(state), answerColumn(state));
  }
  state.watch.observe(state.stage);
  const sources = await Promise.all(data.columns.map((column) => picture(column.src)));
  if (state.data !== data) return;
  state.maps.forEach((maps, x) => maps.forEach((map, y) => paint(map.firstChild, sources[x], data.columns[x], y)));
  state.maps.forEach((maps, x) => maps.forEach((map, y) => map.setAttribute("aria-label", describe(data.columns[x], y))));
  answer(state);
  wire(state);
  show(state);
  state.root.dataset.drawn = "true";
}

function heading(column, maps) {
  const made = element("div", "column");
  const title = element("p", "title");
  title.append(...breakable(column.title), element("span"));
  title.lastChild.append(...breakable(column.shape));
  made.append(title, ...maps);
  return made;
}

// A name that may continue on the next line: "batch_ normalization", "15 ×15 ×64".
function breakable(name) {
  return name.split(/(?<=_)(?!\d)|(?=\dd|×)/).flatMap((part) => [element("wbr"), part]);
}

function picture(src) {
  return new Promise((resolve) => {
    const image = new Image();
    image.onload = () => resolve(image);
    image.src = src;
  });
}

function paint(canvas, source, column, y) {
  const [height, width] = column.size;
  canvas.width = width;
  canvas.height = height;
  canvas.getContext("2d").drawImage(source, y * width, 0, width, height, 0, 0, width, height);
}

function describe(column, y) {
  const [low, high] = column.ranges[y].map((value) => fixed(value, column.digits));
  const what = column.of === 1 ? column.name : `${column.name}, map ${y + 1} of ${column.of}`;
  return `${what}: ${low} to ${high}`;
}

// What lies between the last maps and the classes: no maps, but often most of the parameters.
function headColumn(state) {
  const made = element("div", "column head");
  const title = element("p", "title");
  title.append("Head", element("span"));
  title.lastChild.textContent = "parameters";
  state.head = element("div", "block");
  for (const { name, shape, share } of state.data.head.layers) {
    const layer = element("div", "layer");
    layer.append(element("b"), element("span", "shape"), element("span", "share"));
    layer.children[0].append(...breakable(name));
    layer.children[1].textContent = shape;
    layer.children[2].textContent = share;
    state.head.append(layer);
  }
  made.append(title, state.head);
  return made;
}

function answerColumn(state) {
  const made = element("div", "column answer");
  const title = element("p", "title");
  title.append("Answer", element("span"));
  state.truth = title.lastChild;
  state.bars = state.data.answer.map(() => {
    const bar = element("div", "bar");
    bar.append(element("span", "name"), element("span", "track"), element("span", "value"));
    bar.children[1].append(element("i"));
    return bar;
  });
  made.append(title, ...state.bars);
  return made;
}

function answer(state) {
  const { answer: entries, label, classes } = state.data;
  state.truth.textContent = `${entries.length < classes ? `${entries.length} of ` : ""}${classes}, true: ${entries[label].name}`;
  const best = entries.reduce((top, entry, index) => (entry.value > entries[top].value ? index : top), 0);
  state.bars.forEach((bar, index) => {
    const { name, value } = entries[index];
    bar.children[0].textContent = name;
    bar.children[1].firstChild.style.width = `${100 * value}%`;
    bar.children[2].textContent = wholePercent(value);
    bar.classList.toggle("best", index === best);
  });
}

function choose(state, map) {
  if (!map) return;
  state.chosen = [Number(map.dataset.x), Number(map.dataset.y)];
  show(state);
  state.rest(state.tell);
}

function walk(state, event) {
  const step = arrow(event);
  if (!step) return;
  const x = within(state.chosen[0] + step[1], 0, state.maps.length - 1);
  const y = within(state.chosen[1] + step[0], 0, state.maps[x].length - 1);
  state.maps[x][y].focus();
}

function show(state) {
  const x = Math.min(state.chosen[0], state.maps.length - 1);
  const y = Math.min(state.chosen[1], state.maps[x].length - 1);
  const chosen = state.maps[x][y];
  state.maps.flat().forEach((map) => {
    map.classList.toggle("chosen", map === chosen);
    map.tabIndex = map === chosen ? 0 : -1;
  });
  for (const line of state.wires.children) line.classList.toggle("lit", line.dataset.to === `${x},${y}`);
  const [canvas, words] = state.lens.children;
  const source = chosen.firstChild;
  canvas.width = source.width;
  canvas.height = source.height;
  canvas.getContext("2d").drawImage(source, 0, 0);
  const column = state.data.columns[x];
  words.textContent = `${describe(column, y)}. ${column.origin.replaceAll("{map}", y + 1)}`;
}

const LENS_ROOM = 32; // CSS pixels by which the lens widens the input's column

function wire(state) {
  const { root, stage } = state;
  root.classList.remove("roomy", "tight");
  if (stage.scrollWidth > stage.clientWidth) {
    root.classList.add("tight");
    if (stage.scrollWidth > stage.clientWidth) root.classList.remove("tight"); // then it is read by scrolling
  }
  root.classList.toggle("roomy", stage.scrollWidth <= stage.clientWidth && widest(state) + LENS_ROOM <= stage.clientWidth);
  const box = state.columns.getBoundingClientRect();
  if (!box.width || !state.maps) return;
  state.wires.setAttribute("viewBox", `0 0 ${box.width} ${box.height}`);
  const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
  state.wires.style.width = `${box.width / rem}rem`; // on paper all is so many rem wide again, see flow.css
  state.wires.style.height = `${box.height / rem}rem`;
  root.style.setProperty("--wide", Math.max(stage.scrollWidth, stage.clientWidth) / rem);
  const middle = (map, side) => {
    const at = map.getBoundingClientRect();
    return [at[side] - box.left, at.top + at.height / 2 - box.top];
  };
  const lines = [];
  for (let x = 1; x < state.maps.length; x++) {
    state.maps[x].forEach((map, y) => {
      const { sources, single } = state.data.columns[x];
      const maps = sources.flatMap((from) => (single ? [state.maps[from][y]] : state.maps[from]));
      for (const source of maps) lines.push(line(middle(source, "right"), middle(map, "left"), `${x},${y}`));
    });
  }
  for (const from of state.data.head.sources)
    for (const map of state.maps[from]) lines.push(line(middle(map, "right"), middle(state.head, "left"), "answer"));
  for (const bar of state.bars) lines.push(line(middle(state.head, "right"), middle(bar, "left"), "answer"));
  state.wires.replaceChildren(...lines);
  show(state);
}

/* The width of the columns when they stand as close as they may. */
function widest({ columns }) {
  const gap = parseFloat(getComputedStyle(columns).columnGap);
  return [...columns.children].reduce((sum, column) => sum + column.getBoundingClientRect().width + gap, -gap);
}

function line(start, end, to) {
  const [[x1, y1], [x2, y2]] = [start, end];
  const made = document.createElementNS(SVG, "path");
  const bend = (x1 + x2) / 2;
  made.setAttribute("d", `M${x1} ${y1}C${bend} ${y1} ${bend} ${y2} ${x2} ${y2}`);
  made.dataset.to = to;
  return made;
}
