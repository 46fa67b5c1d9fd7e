// Pictures of one scene with the numbers behind them. The pointer or the arrow keys choose a pixel; every pane marks
// the same place, the magnifier shows the numbers around it. Nothing here asks the server.

const states = new WeakMap();
const MOST_REACH = 3; // pixels the magnifier shows on each side of the marked one, as long as they can be read
const READABLE = 13; // CSS pixels of a digit's height

export default function ({ parentElement, data }) {
  let state = states.get(parentElement);
  if (!state) {
    const root = document.createElement("div");
    root.className = "closeup";
    parentElement.appendChild(root);
    state = { root, place: null, pane: 0 };
    states.set(parentElement, state);
    state.observer = new ResizeObserver(() => magnify(state));
  }
  state.panes = data.panes.map(unpack);
  state.read = data.read;
  if (state.pane >= state.panes.length) state.pane = 0;
  const lead = state.panes[0];
  // The place is kept when the picture changes: relative, 0..1, so that panes of any size agree.
  if (!state.place) state.place = [(data.at[0] + 0.5) / lead.height, (data.at[1] + 0.5) / lead.width];
  build(state);
  show(state);
  document.fonts.load(`500 16px ${getComputedStyle(state.root).fontFamily}`).then(() => magnify(state)); // drawn too soon else
  return () => state.observer.disconnect();
}

function bytes(text) {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

function unpack(pane) {
  return { ...pane, rgb: bytes(pane.rgb), values: new Float32Array(bytes(pane.values).buffer) };
}

function build(state) {
  const figures = state.panes.map((pane, index) => figure(state, pane, index));
  const loupe = document.createElement("figure");
  loupe.className = "loupe";
  loupe.innerHTML = '<figcaption></figcaption><div class="frame"><canvas></canvas></div>';
  loupe.querySelector(".frame").style.setProperty("--aspect", "1");
  state.loupe = loupe;
  const reading = document.createElement("p");
  reading.className = "reading";
  reading.setAttribute("aria-live", "polite");
  state.reading = reading;
  state.figures = figures;
  state.observer.disconnect();
  state.observer.observe(loupe);
  const focused = state.root.getRootNode().activeElement?.dataset?.index;
  state.root.replaceChildren(figures[0], loupe, reading, ...figures.slice(1));
  if (focused !== undefined) figures[Number(focused)]?.querySelector(".frame").focus();
}

function figure(state, pane, index) {
  const element = document.createElement("figure");
  if (index === 0) element.className = "lead";
  const caption = document.createElement("figcaption");
  caption.textContent = pane.title;
  caption.title = pane.title;
  const frame = document.createElement("div");
  frame.className = "frame";
  frame.dataset.index = index;
  frame.tabIndex = 0;
  frame.setAttribute("role", "img");
  frame.setAttribute("aria-label", `${pane.alt}. Arrow keys read its pixels.`);
  frame.style.setProperty("--aspect", `${pane.width} / ${pane.height}`);
  const canvas = document.createElement("canvas");
  canvas.width = pane.width;
  canvas.height = pane.height;
  paint(canvas, pane);
  const ring = document.createElement("div");
  ring.className = "ring";
  ring.style.width = `calc(${100 / pane.width}% )`;
  ring.style.height = `calc(${100 / pane.height}%)`;
  frame.append(canvas, ring);
  const point = (event) => {
    const box = frame.getBoundingClientRect();
    const inside = (value) => Math.min(0.9999, Math.max(0, value));
    state.place = [inside((event.clientY - box.top) / box.height), inside((event.clientX - box.left) / box.width)];
    state.pane = index;
    show(state);
  };
  frame.addEventListener("pointermove", point);
  frame.addEventListener("pointerdown", point);
  frame.addEventListener("keydown", (event) => step(state, index, event));
  element.append(caption, frame);
  return element;
}

function paint(canvas, pane) {
  const image = new ImageData(pane.width, pane.height);
  for (let pixel = 0; pixel < pane.width * pane.height; pixel++) {
    for (let channel = 0; channel < 3; channel++) image.data[4 * pixel + channel] = pane.rgb[3 * pixel + channel];
    image.data[4 * pixel + 3] = 255;
  }
  canvas.getContext("2d").putImageData(image, 0, 0);
}

function step(state, index, event) {
  const move = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
  if (!move) return;
  event.preventDefault();
  const pane = state.panes[index];
  const [row, column] = pixelOf(state, pane);
  const next = [Math.min(pane.height - 1, Math.max(0, row + move[0])), Math.min(pane.width - 1, Math.max(0, column + move[1]))];
  state.place = [(next[0] + 0.5) / pane.height, (next[1] + 0.5) / pane.width];
  state.pane = index;
  show(state);
}

function pixelOf(state, pane) {
  return [Math.floor(state.place[0] * pane.height), Math.floor(state.place[1] * pane.width)];
}

function show(state) {
  state.figures.forEach((element, index) => {
    const pane = state.panes[index];
    const [row, column] = pixelOf(state, pane);
    const ring = element.querySelector(".ring");
    ring.style.top = `${(100 * row) / pane.height}%`;
    ring.style.left = `${(100 * column) / pane.width}%`;
  });
  magnify(state);
  read(state);
}

function numbers(pane, row, column) {
  const start = (row * pane.width + column) * pane.names.length;
  return pane.names.map((_, channel) => pane.values[start + channel]);
}

function written(value, digits) {
  const text = value.toFixed(digits).replace("-", "\u2212");
  return /[1-9]/.test(text) ? text : text.replace("\u2212", "");
}

function read(state) {
  const lead = state.panes[0];
  const [row, column] = pixelOf(state, lead);
  const parts = [document.createTextNode(`Row ${row}, column ${column}`)];
  for (const index of state.read) {
    const pane = state.panes[index];
    const values = numbers(pane, ...pixelOf(state, pane));
    const pairs = pane.names.map((name, channel) => [name, written(values[channel], pane.digits)]);
    for (const [name, value] of pairs) {
      const bold = document.createElement("b");
      bold.textContent = value;
      parts.push(document.createTextNode(` \u00b7 ${name} `), bold);
    }
    if (pane.divisor) {
      const bold = document.createElement("b");
      bold.textContent = values.map((value) => written(value / pane.divisor, 3)).join(", ");
      parts.push(document.createTextNode(` \u00b7 divided by ${pane.divisor}: `), bold);
    }
  }
  state.reading.replaceChildren(...parts);
}

function magnify(state) {
  const pane = state.panes[state.pane];
  const canvas = state.loupe.querySelector("canvas");
  const size = canvas.parentElement.clientWidth;
  if (!size) return;
  const ratio = window.devicePixelRatio || 1;
  canvas.width = canvas.height = Math.round(size * ratio);
  const context = canvas.getContext("2d");
  context.scale(ratio, ratio);
  const [row, column] = pixelOf(state, pane);
  let reach = MOST_REACH;
  while (reach > 1 && textHeight(pane, size / (2 * reach + 1)) < READABLE) reach--;
  const side = 2 * reach + 1;
  const top = Math.max(0, Math.min(pane.height - side, row - reach));
  const left = Math.max(0, Math.min(pane.width - side, column - reach));
  const cell = size / Math.min(side, Math.max(pane.height, pane.width));
  for (let i = 0; i < Math.min(side, pane.height); i++) {
    for (let j = 0; j < Math.min(side, pane.width); j++) drawCell(context, pane, top + i, left + j, [j * cell, i * cell, cell]);
  }
  mark(context, (column - left) * cell, (row - top) * cell, cell);
  state.loupe.querySelector("figcaption").textContent = `${pane.title}, magnified`;
  canvas.setAttribute("aria-hidden", "true");
  state.root.dataset.drawn = `${row},${column}`;
}

/* Numbers stand under each other in a cell, all of them inside it. */
function textHeight(pane, cell) {
  return Math.min(cell / (pane.names.length + 0.6), cell * (pane.digits ? 0.31 : 0.36));
}

function drawCell(context, pane, row, column, [x, y, cell]) {
  const at = 3 * (row * pane.width + column);
  const [red, green, blue] = pane.rgb.subarray(at, at + 3);
  context.fillStyle = `rgb(${red},${green},${blue})`;
  context.fillRect(x, y, cell + 0.5, cell + 0.5);
  const values = numbers(pane, row, column);
  const height = textHeight(pane, cell);
  context.font = `500 ${height}px ${getComputedStyle(context.canvas).fontFamily}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillStyle = 0.299 * red + 0.587 * green + 0.114 * blue > 140 ? "#000" : "#fff";
  values.forEach((value, line) => {
    const offset = (line - (values.length - 1) / 2) * height * 1.05;
    context.fillText(written(value, pane.digits), x + cell / 2, y + cell / 2 + offset);
  });
}

function mark(context, x, y, cell) {
  context.lineWidth = 4;
  context.strokeStyle = "#000";
  context.strokeRect(x + 1, y + 1, cell - 2, cell - 2);
  context.lineWidth = 2;
  context.strokeStyle = "#fff";
  context.strokeRect(x + 1, y + 1, cell - 2, cell - 2);
}
