// The landscape around a run's way, and three optimizers on it from one start. A click or the arrow keys on the map move
// the start, dragging or the arrow keys turn the hill; nothing is asked of the server.

import { colorOf } from "../../shared/js/colors.js";
import { element, planted, put, remembering, resting, themed } from "../../shared/js/elements.js";
import { arrow, within } from "../../shared/js/keys.js";
import { brief, counted, fixed } from "../../shared/js/numbers.js";
import { BY_FINGER } from "../../shared/js/pointer.js";
import { letWalk, pause } from "../play.js";
import { drawHill, drawMap } from "./pictures.js";
import { heightAt, inside, OPTIMIZERS, STEPS, way } from "./ways.js";

const FRAME_MS = 70;
const MARKS = { SGD: "●", momentum: "■", Adam: "▲" };
const stateOf = remembering(build);

export default function ({ parentElement, data, setStateValue }) {
  const state = stateOf(parentElement);
  if (state.data?.id !== data.id) Object.assign(state, { land: landOf(data), step: 0, look: {} });
  const start = String(data.start);
  if (state.toldStart !== start) state.start = data.start.map((value) => value / 100);
  if (state.toldPace !== data.pace) state.find("input").value = data.pace;
  Object.assign(state, { data, toldStart: start, toldPace: data.pace });
  state.tellStart = () => {
    const told = state.start.map((value) => Math.round(100 * value));
    state.toldStart = String(told);
    setStateValue("start", told);
  };
  state.tellPace = () => {
    state.toldPace = Number(state.find("input").value);
    setStateValue("pace", state.toldPace);
  };
  prepare(state);
  return () => pause(state);
}

function build(parent) {
  const { root, find } = planted(parent, "view landscape", `
    <div class="pair">
      <figure class="map"><div class="frame"><canvas tabindex="0" role="img"></canvas></div><figcaption></figcaption></figure>
      <figure class="hill"><div class="frame"><canvas tabindex="0" role="img"></canvas></div><figcaption>The same from the side; ${BY_FINGER ? "drag it sideways" : "drag it, or use the arrow keys"}. High is a large loss.</figcaption></figure>
    </div>
    <div class="controls">
      <label class="rate"><span>Learning rate</span><input type="range" min="0" max="100"><output></output></label>
      <div class="buttons"><button type="button" class="play main">Play</button><button type="button" class="go">Step</button><button type="button" class="again">Start over</button></div>
      <ul class="legend"></ul>
    </div>`);
  const state = { root, find, map: find(".map canvas"), hill: find(".hill canvas"), turn: -0.5, tilt: 0.75, step: 0, look: {}, rest: resting(root), restPace: resting(root) };
  find("input").addEventListener("input", () => { pause(state); state.step = 0; walk(state); });
  find("input").addEventListener("change", () => state.restPace(state.tellPace));
  letWalk(state, FRAME_MS, { at: () => state.step, last: () => STEPS, go: (step) => go(state, step), again: () => begin(state, state.data.path[0]) });
  state.map.addEventListener("click", (event) => begin(state, state.placeOf(event)));
  state.map.addEventListener("keydown", (event) => {
    const move = arrow(event);
    if (move) begin(state, [state.start[0] + move[1] * state.land.step, state.start[1] - move[0] * state.land.step]);
  });
  turning(state);
  for (const frame of root.querySelectorAll(".frame")) new ResizeObserver(() => state.data && show(state)).observe(frame);
  return state;
}

function turning(state) {
  const turn = (by, tilt) => {
    state.turn += by;
    state.tilt = within(state.tilt + tilt, 0.15, 1.4);
    show(state);
  };
  state.hill.addEventListener("pointerdown", (event) => state.hill.setPointerCapture(event.pointerId));
  state.hill.addEventListener("pointermove", (event) => event.buttons && turn(-event.movementX / 120, event.movementY / 160));
  state.hill.addEventListener("keydown", (event) => {
    const move = arrow(event);
    if (move) turn(move[1] * 0.12, -move[0] * 0.08);
  });
}

function landOf({ across, along, losses, pathLosses }) {
  const known = losses.map((loss) => Math.max(loss ?? Infinity, 1e-4));
  const high = Math.min(Math.max(...known), 3 * pathLosses[0]);
  const heights = known.map((loss) => Math.min(loss, 30 * pathLosses[0]));
  return {
    x0: across[0], y0: along[0], step: (across[1] - across[0]) / (across[2] - 1), columns: across[2], rows: along[2],
    heights, low: Math.max(1e-3, Math.min(...heights)), high,
  };
}

function prepare(state) {
  const { data, find, root } = state;
  const colors = ["--st-background-color", "--st-text-color"].map((name) => colorOf(themed(root, name)));
  Object.assign(state.look, { paper: colors[0], ink: colors[1], font: getComputedStyle(root).fontFamily });
  put(find(".map figcaption"), `Loss of ${data.images} training images over the plane of the run’s two largest changes; lines of equal loss. ${BY_FINGER ? "Tap" : "Click"} to start the three elsewhere.`);
  walk(state);
}

function begin(state, place) {
  pause(state);
  const { land } = state;
  const ends = [land.x0 + land.step * (land.columns - 1), land.y0 + land.step * (land.rows - 1)];
  state.start = [within(place[0], land.x0, ends[0]), within(place[1], land.y0, ends[1])];
  state.step = 0;
  walk(state);
  state.rest(state.tellStart);
}

// From a hundredth of the run's own way to all of it, in equal ratios.
const rateOf = (state) => 0.004 * 500 ** (Number(state.find("input").value) / 100);

function walk(state) {
  const rate = rateOf(state);
  state.ways = Object.keys(OPTIMIZERS).map((name) => ({ name, mark: MARKS[name], places: way(name, state.land, state.start, rate) }));
  put(state.find("output"), brief(rate, 2));
  show(state);
}

function show(state) {
  const { data, land, step, ways, root, find } = state;
  const probe = getComputedStyle(find(".legend"));
  const epoch = Math.max(0, data.epochs.findLastIndex((each) => each <= data.epoch));
  const run = { places: data.path, color: probe.color, dots: true, chosen: epoch };
  const drawn = [run, ...ways.map((each) => ({ ...each, color: colorOfWay(state, each.name), places: each.places.slice(0, step + 1) }))];
  state.placeOf = drawMap(state.map, land, state.look, drawn);
  drawHill(state.hill, land, state.look, drawn, state);
  legend(state, epoch);
  find(".go").disabled = find(".play").disabled = step >= STEPS;
  find(".again").disabled = step === 0 && String(state.start) === String(data.path[0]);
  root.dataset.step = step;
}

function colorOfWay(state, name) {
  state.find(`.legend .${name}`) ?? legend(state, 0);
  return getComputedStyle(state.find(`.legend .${name}`)).color;
}

function legend(state, epoch) {
  const { data, land, step, ways, find } = state;
  const lines = ways.map(({ name, mark, places }) => {
    const place = places[Math.min(step, places.length - 1)];
    const loss = inside(land, place) ? fixed(heightAt(land, place).height, 3) : "left the picture";
    return { name, mark, words: `${name} `, loss };
  });
  const own = { name: "run", mark: "●", words: `${data.title}, epoch ${data.epochs[epoch]} `, loss: fixed(data.pathLosses[epoch] ?? NaN, 3) };
  const said = lines.map(({ words, loss }) => words + loss).join(", ");
  find(".legend").replaceChildren(...[...lines, own].map(({ name, mark, words, loss }) => {
    const line = element("li", name, words);
    line.dataset.mark = mark;
    line.append(element("b", "", loss));
    return line;
  }));
  state.map.setAttribute("aria-label", `Map of the loss. After ${counted(step, "step")}: ${said}. Arrow keys move the start.`);
  state.hill.setAttribute("aria-label", `The same map as a hill. After ${counted(step, "step")}: ${said}. Arrow keys turn it.`);
}

function go(state, step) {
  state.step = Math.min(step, STEPS);
  show(state);
}
