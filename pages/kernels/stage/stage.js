/* The kernel stage: input, kernel and output side by side, and the sum behind one output pixel.

   One Stage lives as long as its element; Streamlit calls the default export again with new data on every rerun.
   Everything moves in the browser; what the visitor settles on is sent to Python once the hands rest. */

import * as maths from "./arithmetic.js";
import { Computer } from "./computer.js";
import { COLORS, Controls } from "./controls.js";
import { Editor } from "./editor.js";
import { nameOf } from "./named.js";
import { drawMarkedPixel, drawWindow } from "./overlays.js";
import { LARGEST_PARTIAL, Partials } from "./partials.js";
import { BINS, drawHistogram, histogramPlace } from "./responses.js";
import { paint, scaleFor } from "./scales.js";
import { Sums } from "./sums.js";
import { Walk } from "./walk.js";
import { CHANNELS } from "../../shared/js/colors.js";
import { leaving, put, remembering } from "../../shared/js/elements.js";
import { within } from "../../shared/js/keys.js";
import { brief } from "../../shared/js/numbers.js";
import { bytesOf } from "../../shared/js/pixels.js";

const REST_MS = 30; // after an edit
const UNDO_STEPS = 100;
const COALESCE_MS = 600; // edits closer together than this are undone together

class Stage {
  /* named: the kernels that have a name, as Python lists them. */
  constructor(root, named) {
    this.root = root;
    this.named = named;
    this.find = (selector) => root.querySelector(selector);
    this.element = this.find(".stage");
    this.text = (name, content) => put(this.find(`[data-text="${name}"]`), content);
    this.state = null;
    this.image = null;
    this.response = null;
    this.channel = 0;
    this.planeCache = {};
    this.undos = [];
    this.lastChange = 0;
    this.computer = new Computer((response, skip) => this.receive(response, skip));
    this.editor = new Editor(
      this.find("[data-cells]"), maths.LARGEST_NUMBER,
      (kernel, finished) => this.change({ kernels: this.withKernel(kernel) }, { finished, gesture: "weight" }),
      (sentence) => this.say(sentence),
    );
    this.sums = new Sums(this.find);
    this.marker = this.find("[data-marker]");
    this.walk = new Walk(this);
    this.pictures = { input: this.walk.over("input"), output: this.walk.over("output") };
    this.controls = new Controls(this);
    this.partials = new Partials(this.find("[data-partials]"));
    this.observer = new ResizeObserver(() => this.fit());
    this.observer.observe(this.element);
    this.fitting = () => this.fit();
    window.addEventListener("resize", this.fitting);
    this.element.addEventListener("keydown", (event) => {
      if ((event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === "z") {
        event.preventDefault();
        this.undo();
      }
    });
  }

  /* ---- what Python says ---- */

  update(data, send) {
    this.send = send;
    const fresh = this.image?.id !== data.image.id;
    const before = fresh && this.image ? [this.image.height, this.image.width] : null;
    if (fresh) this.load(data.image);
    if (this.revision !== data.revision) {
      if (this.state ?? data.before) this.remember(this.state ?? data.before);
      this.revision = data.revision;
      this.state = this.placed({ ...data.state });
      this.channel = 0;
      this.sent = JSON.stringify(data.state);
      this.say("");
    } else if (before) {
      const { row, column } = this.state; // the window stays at the same place in the new picture, relative to its size
      const [down, across] = [data.image.height / before[0], data.image.width / before[1]];
      this.state = this.placed({ ...this.state, row: Math.floor(row * down), column: Math.floor(column * across) });
    }
    this.readTheme();
    this.walk.stop();
    this.fit();
    this.refresh();
    this.settle(REST_MS);
  }

  load(image) {
    this.image = { ...image, pixels: bytesOf(image.pixels) };
    this.planeCache = {};
  }

  /* The state with its position inside the output, and with padding where the kernel would not fit otherwise. */
  placed(state) {
    const next = state.padding !== "same" && this.unfit(state) ? { ...state, padding: "same" } : { ...state };
    const [height, width] = this.outputSize(next);
    next.row = within(next.row, 0, Math.max(0, height - 1));
    next.column = within(next.column, 0, Math.max(0, width - 1));
    return next;
  }

  outputSize(state) {
    const taps = Math.round(Math.sqrt(state.kernels[0].length));
    return [this.image.height, this.image.width].map((size) => maths.outputSize(size, taps, state));
  }

  unfit(state) {
    const [height, width] = this.outputSize(state);
    if (height > 0 && width > 0) return "";
    const taps = Math.round(Math.sqrt(state.kernels[0].length));
    const small = Math.min(this.image.height, this.image.width);
    const [before, after] = maths.pads(small, taps, state);
    return `Expected a kernel that fits into ${small + before + after} pixels. Received one that spans ` +
      `${maths.span(taps, state)} (${taps} weights, dilation ${state.dilation}). ` +
      "Choose a smaller kernel, less dilation or more padding.";
  }

  get taps() {
    return Math.round(Math.sqrt(this.state.kernels[0].length));
  }

  get isFilter() {
    return this.state.color === "filter";
  }

  get kernel() {
    return this.state.kernels[this.isFilter ? this.channel : 0];
  }

  get planes() {
    const { pixels, height, width, channels, unit } = this.image;
    this.planeCache[this.state.color] ??= maths.planesOf(pixels, height, width, channels, unit, this.state.color);
    return this.planeCache[this.state.color];
  }

  withKernel(kernel) {
    return this.state.kernels.map((old, at) => (at === (this.isFilter ? this.channel : 0) ? Array.from(kernel) : old));
  }

  /* ---- what the visitor does ---- */

  /* Take over a change, or say why not and keep the last good state. */
  change(patch, { finished = true, gesture = "" } = {}) {
    const next = { ...this.state, ...patch };
    const complaint = this.unfit(next);
    if (complaint) {
      this.say(complaint);
      this.controls.show();
      return;
    }
    this.before ??= this.state;
    if (finished) {
      this.remember(this.before, gesture);
      this.before = null;
    }
    this.state = this.placed(next);
    this.say("");
    this.walk.stop();
    this.refresh();
    if (finished) this.settle(REST_MS);
  }

  remember(state, gesture = "") {
    const now = performance.now();
    const together = gesture && gesture === this.lastGesture && now - this.lastChange < COALESCE_MS;
    this.lastGesture = gesture;
    this.lastChange = now;
    if (!together) this.undos = [...this.undos.slice(-UNDO_STEPS), state];
  }

  undo() {
    const state = this.undos.pop();
    if (!state) return;
    this.lastGesture = "";
    this.editor.typing = null;
    this.state = this.placed(this.unfit(state) ? { ...state, padding: "same" } : state);
    this.say("");
    this.refresh();
    this.settle(REST_MS);
  }

  setColor(color) {
    const { kernels } = this.state;
    if (color === "filter" && kernels.length === 1) {
      this.change({ color, kernels: [0, 1, 2].map(() => kernels[0].slice()) });
    } else {
      this.change({ color, kernels: color === "filter" ? kernels : [kernels[Math.min(this.channel, kernels.length - 1)]] });
    }
  }

  setSize(size) {
    const resized = this.state.kernels.map((kernel) => {
      const weights = nameOf(this.named, kernel)?.weights[size];
      return weights ? weights.slice() : maths.resize(kernel, size);
    });
    this.change({ kernels: resized });
  }

  setName(name) {
    const named = this.named.find((entry) => entry.name === name);
    if (!named) return;
    const sizes = Object.keys(named.weights).map(Number);
    const size = sizes.includes(this.taps) ? this.taps : sizes.includes(3) ? 3 : sizes[0];
    const kernels = this.state.kernels.map((kernel) => (size === this.taps ? kernel : maths.resize(kernel, size)));
    kernels[this.isFilter ? this.channel : 0] = named.weights[size].slice();
    this.change({ kernels });
  }

  /* Which channel's kernel is edited and whose numbers are spread out. */
  choose(channel) {
    this.channel = channel;
    this.controls.show();
    this.draw();
  }

  /* Move the window, without a trace in the history of edits. */
  place(row, column) {
    const next = this.placed({ ...this.state, row, column });
    if (next.row === this.state.row && next.column === this.state.column) return;
    this.state = next;
    this.draw();
  }

  /* Send the state to Python once nothing has changed for a moment. */
  settle(rest) {
    clearTimeout(this.resting);
    this.resting = setTimeout(() => {
      const told = JSON.stringify(this.state);
      if (told === this.sent) return;
      this.sent = told;
      this.send("settled", { revision: this.revision, state: this.state });
    }, rest);
  }

  say(sentence) {
    this.text("message", sentence);
  }

  /* ---- what is shown ---- */

  refresh() {
    if (this.planes.length < 3) this.channel = 0;
    this.controls.show();
    this.paintInput();
    const { height, width, id } = this.image;
    const { kernels, color, display: _display, row: _row, column: _column, ...options } = this.state;
    const asked = JSON.stringify([id, kernels, color, options]);
    if (asked === this.asked && this.response.skip === 1) return this.receive(this.response, 1); // only shown differently
    this.asked = asked;
    this.computer.compute(this.planes, { height, width, kernels, taps: this.taps, color, options });
  }

  paintInput() {
    const { height, width, high, title } = this.image;
    const { color: mode, padding, custom, stride, dilation, border } = this.state;
    const seen = [this.image.id, mode, this.taps, padding, custom, stride, dilation, border].join();
    if (seen === this.painted) return; // weights alone do not change the input
    this.painted = seen;
    const padded = this.planes.map((plane) => maths.pad(plane, height, width, this.taps, this.state));
    this.padded = padded[0];
    const scale = scaleFor("auto", 0, high);
    this.pictures.input.show(paint(padded.map((map) => map.values), this.padded.height, this.padded.width, scale));
    this.text("input-size", `${height} × ${width}`);
    const color = Object.fromEntries(COLORS)[mode];
    this.pictures.input.frame.setAttribute("aria-label",
      `Input: ${title}, ${height} by ${width} pixels, ${this.image.channels === 1 ? "one channel" : color}. ` +
      "Arrow keys move the window, space plays.");
    this.pictures.input.frame.title = title;
  }

  receive(response, skip) {
    const { state } = this;
    const [height, width] = this.outputSize(state);
    this.response = { ...response, skip, low: response.range[0], high: response.range[1] };
    this.scale = scaleFor(state.display, this.response.low, this.response.high);
    const image = paint(response.results, response.height, response.width, this.scale);
    this.pictures.output.show(image, width, height);
    this.counts = maths.histogram(response.results, this.response.low, this.response.high, BINS);
    const range = `min\u00a0${brief(this.response.low, 4)}   max\u00a0${brief(this.response.high, 4)}`;
    this.text("output-size", `${height} × ${width}`);
    this.text("range", skip > 1 ? `${range}   (preview)` : `${range}`);
    this.element.dataset.preview = skip > 1;
    const axis = this.image.height === this.image.width ? "" : "rows ";
    const formula = `${axis}${maths.outputFormula(this.image.height, this.taps, state)}`;
    const refused = state.stride > 1 && state.dilation > 1;
    this.text("formula", refused ? `${formula}. Keras refuses stride with dilation.` : formula);
    this.pictures.output.frame.setAttribute("aria-label",
      `Output: ${height} by ${width} pixels, smallest ${brief(this.response.low, 4)}, largest ${brief(this.response.high, 4)}. ` +
      "Arrow keys move the marked pixel, space plays.");
    const histogram = this.find("[data-histogram]");
    histogram.setAttribute("aria-label", `Histogram of the responses from ${brief(this.response.low)} to ${brief(this.response.high)}`);
    this.paintHistogram();
    this.partials.show(this.response, [height, width], this.isFilter);
    this.draw();
  }

  fit() {
    const width = this.element.clientWidth;
    if (!width || !this.image) return;
    const unit = parseFloat(getComputedStyle(document.documentElement).fontSize) / 16; // all of this grows with the type
    const narrow = width < 720 * unit;
    this.element.classList.toggle("narrow", narrow);
    const beside = (width - (2 * 28 + 272) * unit) / 2, above = window.innerHeight - 474 * unit;
    const free = narrow ? (width - 12) / 2 : Math.min(beside, Math.max(230 * unit, above), 520 * unit);
    const room = Math.floor(free);
    this.room = room;
    this.element.style.setProperty("--room", `${room}px`);
    this.element.style.setProperty("--easel", `${Math.ceil(room * Math.min(1, this.image.height / this.image.width))}px`);
    const partialRoom = Math.floor(Math.min(room, (width - (narrow ? 12 : 120)) / (narrow ? 2 : 4), LARGEST_PARTIAL));
    this.element.style.setProperty("--partial", `${partialRoom}px`);
    for (const picture of Object.values(this.pictures)) picture.fit(room);
    this.partials.fit(partialRoom);
    if (this.response) this.paintHistogram();
    this.draw();
  }

  /* One drawing per frame, however often the pointer moves. */
  draw() {
    if (this.drawing || !this.state) return;
    this.drawing = requestAnimationFrame(() => {
      this.drawing = null;
      if (!this.response || !this.element.isConnected) return;
      drawWindow(this);
      drawMarkedPixel(this);
      this.partials.mark(this.state.row, this.state.column, this.accent);
      this.drawSums();
    });
  }

  /* Streamlit's colors, read once per update: asking for them in every frame would cost a layout. */
  readTheme() {
    const style = getComputedStyle(this.element);
    this.accent = style.getPropertyValue("--st-primary-color").trim() || "#0f6e66";
    this.paper = style.getPropertyValue("--st-background-color").trim() || "#fff";
    this.ink = style.color;
  }

  paintHistogram() {
    const { low, high } = this.response;
    drawHistogram(this.find("[data-histogram]"), this.room, this.counts, low, high, this.scale, this.ink);
  }

  drawSums() {
    const { state } = this;
    const { height, width, high } = this.image;
    const parts = this.planes.map((plane, c) =>
      maths.terms(plane, height, width, state.kernels[state.kernels.length > 1 ? c : 0], this.taps, state, state.row, state.column));
    const shown = Math.min(this.channel, parts.length - 1);
    const chosen = this.isFilter ? parts : [parts[shown]];
    const result = maths.finish(chosen.reduce((sum, part) => sum + part.sum, 0), state);
    this.sums.show({ parts, shown, added: this.isFilter, bias: state.bias, relu: state.relu, result, span: [0, high] });
    const channel = parts.length === 3 ? `, ${CHANNELS[shown]}` : "";
    this.text("patch-caption", `patch at row ${state.row}, column ${state.column}${channel}${this.walk.pinned ? ", held" : ""}`);
    const same = this.kernel.every((weight, at) => weight === this.kernel[this.kernel.length - 1 - at]);
    const turned = same ? "turned by 180°: looks the same" : "kernel, turned by 180°";
    this.text("weights-caption", state.flip ? turned : "kernel, as written");
    const { low, high: most } = this.response;
    const place = histogramPlace(result, low, most, this.room);
    this.marker.style.transform = `translateX(${place.toFixed(1)}px)`;
    clearTimeout(this.speaking);
    if (this.walk.playing) return;
    this.speaking = setTimeout(() => this.text("live",
      `Output row ${state.row}, column ${state.column}: ${brief(result, 4)}. ` +
      `${chosen[0].products.length * chosen.length} products add up to ${brief(chosen.reduce((sum, part) => sum + part.sum, 0), 4)}, ` +
      `bias ${brief(state.bias)}.`), 400);
  }

  dispose() {
    clearTimeout(this.resting);
    clearTimeout(this.speaking);
    cancelAnimationFrame(this.drawing);
    this.walk.playing = null;
    this.observer.disconnect();
    window.removeEventListener("resize", this.fitting);
    this.computer.dispose();
  }
}

const stageOf = remembering((parent, { named }) => new Stage(parent, named));

export default function ({ data, setStateValue, parentElement }) {
  const stage = stageOf(parentElement, data);
  stage.update(data, setStateValue);
  return leaving(parentElement, () => stage.dispose());
}
