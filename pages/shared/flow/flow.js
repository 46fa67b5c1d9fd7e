// The whole network at work: an image, every map that the layers make of it, the answer. The browser computes it, so
// that whatever is done to the image shows at once, and costs the server nothing.

import { element, leaving, planted, put, remembering, resting } from "../js/elements.js";
import { arrow, within } from "../js/keys.js";
import { bytesOf } from "../js/pixels.js";
import { BY_FINGER, onPointed, sharesOf } from "../js/pointer.js";
import { Network, softmax, weightsAt } from "../network/forward.js";
import { answerColumn, showAnswer, unitAt } from "./answer.js";
import { benchOf, changeTo, pixelsOf, reach, trace } from "./bench.js";
import { MANY, columnsOf, describe, mapOfPlace, nameMaps, paintMaps } from "./blocks.js";
import { addressOf, fetchBeside, watchEpoch } from "./epochs.js";
import { arrange } from "./layout.js";
import { fold, refresh, unfold } from "./panel.js";
import { paintChannel, paintImage, paintSigned } from "./paint.js";
import { clear, see, seeAll } from "./seeing.js";
import { isNew, offOf, tellView } from "./view.js";
import { ALL } from "./views.js";
import { light, wire } from "./wires.js";

const stateOf = remembering(build);

export default function ({ parentElement, data, setStateValue }) {
  const state = stateOf(parentElement);
  state.root.classList.toggle("room", data.room);
  state.tell = () => state.network && tellView(state, setStateValue);
  take(state, data);
  const end = watchEpoch(() => follow(state)), leave = leaving(parentElement, () => state.watch.disconnect());
  return () => {
    end();
    leave();
  };
}

function build(parent) {
  const { root } = planted(parent, "flow");
  const stage = element("div", "stage");
  const wires = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  wires.setAttribute("aria-hidden", "true");
  const columns = element("div", "columns");
  stage.append(wires, columns);
  const lens = element("div", "lens");
  const large = element("canvas", "large", "", { "aria-hidden": "true" }); // the words say what it shows
  const words = element("p", "", "", { "aria-live": "polite" });
  lens.append(words);
  root.append(stage, lens);
  const state = { root, stage, wires, columns, large, words, chosen: [0, 0], told: [], said: "", rest: resting(root), later: resting(root) };
  state.bench = benchOf(state, (pixels) => {
    compute(Object.assign(state, { pixels }));
    rested(state);
  });
  state.watch = new ResizeObserver(() => fit(state));
  const at = (event) => event.target.closest(".map");
  columns.addEventListener("pointerover", (event) => choose(state, at(event)));
  columns.addEventListener("focusin", (event) => choose(state, at(event)));
  columns.addEventListener("keydown", (event) => walk(state, event));
  columns.addEventListener("click", (event) => click(state, event));
  onPointed(columns, (event) => point(state, event), () => point(state, null));
  state.again = () => {
    compute(state);
    rested(state, { curve: true });
  };
  return state;
}

/* What can wait for the hands to rest: names that are heard, the address, the curve. */
function rested(state, { curve = false } = {}) {
  state.later(() => nameMaps(state));
  state.rest(() => {
    state.tell();
    if (curve) trace(state.bench);
  });
}

/* The slider of the epoch moves. */
async function follow(state) {
  if (!state.form) return; // nothing is drawn yet
  const address = addressOf(state.data);
  if (address === state.address) return;
  state.address = address;
  const weights = await arrived(state, address);
  if (!weights || state.address !== address) return;
  state.network.load(weights);
  state.frame ??= requestAnimationFrame(() => {
    state.frame = null;
    state.again();
  });
  fetchBeside(state.data, address, weights);
}

/* The weights at an address; none where they did not come. */
async function arrived(state, address) {
  try {
    return await weightsAt(address);
  } catch {
    if (state.address === address) state.words.textContent = "The network's weights did not come. Reload the page.";
    return null;
  }
}

/* Takes what the server says: another image, another snapshot, or both. */
async function take(state, data) {
  state.data = data;
  state.news = isNew(state, data.view) || state.news;
  const address = (state.address = addressOf(data));
  const weights = await arrived(state, address);
  if (!weights || state.data !== data || state.address !== address) return; // the visitor has gone on
  const form = JSON.stringify([data.steps, data.blocks, data.classes]);
  if (state.form === form) state.network.load(weights);
  else raise(state, form, weights);
  if (state.given !== data.pixels) {
    state.given = data.pixels;
    state.image = new Uint8ClampedArray(bytesOf(data.pixels));
  }
  if (state.news) adopt(state, data.view);
  state.pixels = pixelsOf(state.bench);
  state.watch.observe(state.stage);
  compute(state);
  trace(state.bench);
  nameMaps(state);
  fit(state);
  show(state);
  state.root.dataset.drawn = "true";
  if (state.news && data.view.unfolded) unfoldChosen(state);
  state.news = false;
}

/* What a link, or Back, asks for. */
function adopt(state, { chosen, change, paint, off }) {
  fold(state);
  state.chosen = chosen;
  state.network.off = new Set(offOf(state.network, off));
  changeTo(state.bench, change, paint);
}

/* Another network: its columns anew. Of another snapshot everything stays where it is, what is unfolded too. */
function raise(state, form, weights) {
  const { data } = state;
  fold(state);
  state.news = true; // its maps are others
  state.form = form;
  state.network = new Network(data.steps, weights, [32, 32, 3]);
  state.blocks = columnsOf(state);
  state.answer = answerColumn(state);
  state.root.classList.toggle("many", state.blocks.length > MANY);
  state.blocks[0].column.append(state.large, state.bench.root);
  reach(state.bench, state.blocks[0].maps[0]);
  state.columns.replaceChildren(...state.blocks.map((block) => block.column), state.answer.head, state.answer.column);
}

/* Everything that follows from the pixels, anew. */
function compute(state) {
  state.logits = state.network.run(state.pixels);
  state.probabilities = softmax(state.logits);
  paintMaps(state);
  showAnswer(state);
  magnify(state);
  refresh(state);
}

function fit(state) {
  if (!state.blocks || !state.stage.clientWidth) return;
  arrange(state);
  paintMaps(state);
  wire(state);
  light(state);
  refresh(state);
}

function unfoldChosen(state) {
  const [x, y] = state.chosen, { value, maps } = state.blocks[x];
  if (value) unfold(state, { value, number: y }, maps[y]);
}

/* Marks what the value under the pointer sees: a pixel of a map or of the large one, a logit. */
function point(state, event) {
  const canvas = event?.target.closest(".map, .large"), place = state.chosen;
  state.saw = "";
  if (!event || !state.network || state.open) clear(state);
  else if (event.target.closest(".head, .answer")) state.saw = seeAll(state);
  else if (canvas) {
    const x = canvas === state.large ? place[0] : Number(canvas.dataset.x), { shape } = state.blocks[x];
    const [down, across] = sharesOf(canvas, event);
    state.saw = see(state, x, Math.floor(down * shape[0]), Math.floor(across * shape[1]));
  } else clear(state);
  tell(state);
}

/* A click unfolds what it met: a map, a logit, a probability, a unit in a strip. */
function click(state, event) {
  if (event.target !== state.large) clear(state); // there is nothing to unfold: what it points at stays marked
  const clicked = event.target, map = clicked.closest(".map");
  choose(state, map);
  const row = state.answer.rows.find(({ root }) => root.contains(clicked));
  const last = state.network.steps.length;
  const more = clicked.closest(".more");
  if (more) return unfold(state, { value: state.blocks[more.dataset.x].value, number: ALL }, more);
  if (map && Number(map.dataset.x)) return unfoldChosen(state);
  const strip = state.answer.strips.find(({ canvas }) => canvas === clicked);
  if (strip?.unfolds) return unfold(state, { value: strip.value, number: unitAt(strip, event) }, clicked);
  if (row) return unfold(state, { value: clicked.closest(".chance") ? last + 1 : last, number: row.place }, clicked.closest("button") ?? row.logit);
  return undefined;
}

/* With a scale of its own: what is faint among the others shows its form here. */
function paintOwn(canvas, map, shape) {
  paintSigned(canvas, map, shape, map.reduce((most, value) => Math.max(most, Math.abs(value)), 0));
}

function choose(state, map) {
  if (!map || state.open || (state.bench.open && map.closest(".input"))) return;
  state.chosen = [Number(map.dataset.x), Number(map.dataset.y)];
  show(state);
  state.rest(state.tell);
}

/* From map to map: down and up in a column of tiles, sideways to the next column or layer. */
function walk(state, event) {
  const step = event.target.closest(".map") && arrow(event);
  if (!step) return;
  const [x, y] = state.chosen, { maps, rows } = state.blocks[x];
  const sideways = y + step[1] * rows;
  if (step[0]) state.blocks[x].maps[within(y + step[0], 0, maps.length - 1)].focus();
  else if (maps[sideways]) maps[sideways].focus();
  else {
    const next = state.blocks[within(x + step[1], 0, state.blocks.length - 1)];
    const row = y % rows, first = step[1] > 0 ? row : row + next.rows * Math.floor((next.maps.length - 1) / next.rows);
    next.maps[Math.min(first, next.maps.length - 1)].focus();
  }
}

function show(state) {
  const x = Math.min(state.chosen[0], state.blocks.length - 1);
  const y = Math.min(state.chosen[1], state.blocks[x].maps.length - 1);
  state.chosen = [x, y];
  for (const { maps } of state.blocks)
    for (const map of maps) {
      const chosen = map === state.blocks[x].maps[y];
      map.classList.toggle("chosen", chosen);
      map.tabIndex = chosen ? 0 : -1;
    }
  light(state);
  magnify(state);
}

/* The chosen map, large, and what it is. */
function magnify(state) {
  const [x, y] = state.chosen, block = state.blocks[x], canvas = state.large;
  if (block.value) paintOwn(canvas, mapOfPlace(state, x, y), block.shape);
  else if (y) paintChannel(canvas, state.pixels, y - 1);
  else paintImage(canvas, state.pixels);
  tell(state);
}

/* In words: the chosen map with its true range, and what is pointed at. */
function tell(state) {
  const [x, y] = state.chosen, of = state.saw || state.blocks[x].origin.replaceAll("{map}", y + 1);
  const hint = x && !state.saw ? ` ${BY_FINGER ? "Tap" : "Click"} to unfold it.` : "";
  put(state.words, of.startsWith("A logit") ? of : `${describe(state, x, y)}. ${of}${hint}`);
}
