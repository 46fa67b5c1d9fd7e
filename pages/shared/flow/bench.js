/* The bench under the image: paint on it, cover, shift, turn, light or blur it; every map follows at once. */

import { element, put } from "../js/elements.js";
import { arrow, within } from "../js/keys.js";
import { largestAt, wholePercent } from "../js/numbers.js";
import { BY_FINGER, sharesOf } from "../js/pointer.js";
import { add, painted, strokesOf } from "./brush.js";
import { CHANGES } from "./changes.js";
import { drawCurve, probe } from "./curve.js";

const PAINT = "paint";
const FULL = "The paint is used up: a link holds no more.";
const SIDE = 32; // pixels
const HTML = `<button type="button" class="change" aria-expanded="false">Change image</button>
<div class="tools" hidden>
  <select aria-label="What is done to the image"></select>
  <label class="strength"><input type="range"><output></output></label>
  <label class="color"><input type="color" value="#d02020"> color</label>
  <div class="curve"><canvas role="img"></canvas><i></i></div>
  <p class="told"></p>
  ${BY_FINGER ? "<p>On the image a finger changes it, beside it a finger scrolls.</p>" : ""}
  <button type="button" class="reset">Undo all</button>
</div>`;

/** What stands under the image; `onPixels` is called whenever they have changed. */
export function benchOf(state, onPixels) {
  const root = element("div", "bench");
  root.innerHTML = HTML;
  const find = (selector) => root.querySelector(selector);
  const bench = { root, find, open: false, kind: "shift", place: [16, 16], strength: 0, strokes: [], full: false, onPixels, state, ticket: 0 };
  /** @type {[string, { label: string }][]} */
  const kinds = [[PAINT, { label: "Paint" }], ...Object.entries(CHANGES)];
  find("select").append(...kinds.map(([value, { label }]) => Object.assign(element("option", "", label), { value })));
  find(".change").addEventListener("click", () => toggle(bench, !bench.open));
  find("select").addEventListener("change", () => choose(bench, find("select").value));
  find("input[type=range]").addEventListener("input", (event) => turnTo(bench, Number(event.target.value)));
  find(".reset").addEventListener("click", () => undo(bench));
  root.addEventListener("keydown", (event) => event.key === "Escape" && toggle(bench, false));
  return bench;
}

function toggle(bench, open) {
  bench.open = open;
  bench.find(".change").setAttribute("aria-expanded", open);
  put(bench.find(".change"), open ? "Done" : "Change image");
  bench.find(".tools").hidden = !open;
  bench.root.parentElement.classList.toggle("changing", open);
  if (!open) return;
  Object.assign(bench, { size: null, drawn: null }); // measured once, not in every frame
  again(bench);
}

/* Shows and computes all of it anew. */
function again(bench) {
  show(bench);
  apply(bench);
  trace(bench);
}

function undo(bench) {
  Object.assign(bench, { strokes: [], full: false, strength: nothing(bench.kind) });
  bench.state.network.off.clear();
  again(bench);
}

const nothing = (kind) => (kind === PAINT ? 0 : CHANGES[kind].none);

function choose(bench, kind) {
  Object.assign(bench, { kind, strength: kind === "cover" ? 8 : nothing(kind) });
  again(bench);
}

/** What was done to the image, as an address has it: the change with its strength and, if it has one, its place. */
export function changeOf({ kind, strength, place }) {
  return strength === nothing(kind) ? "" : [kind, strength, ...(kind === "cover" ? place : [])].join(".");
}

/** Does to the image what an address says; opens the bench, so that it is seen. */
export function changeTo(bench, change, paint) {
  const [kind, strength, ...place] = change.split(".");
  bench.strokes = strokesOf(paint);
  if (kind) Object.assign(bench, { kind, strength: within(Number(strength), CHANGES[kind].low, CHANGES[kind].high) });
  else bench.strength = nothing(bench.kind);
  if (place.length) bench.place = place.map((each) => within(Number(each), 0, SIDE));
  if (change || paint) toggle(bench, true);
  else show(bench);
}

/** The image with all that was done to it. */
export const pixelsOf = (bench) => changed(bench, bench.strength);

function turnTo(bench, strength) {
  bench.strength = strength;
  show(bench);
  apply(bench);
}

function show({ find, kind, strength }) {
  const painting = kind === PAINT, range = find("input[type=range]");
  find("select").value = kind;
  find(".strength").hidden = find(".curve").hidden = painting;
  find(".color").hidden = !painting;
  if (painting) return;
  const { low, high, step, unit, label } = CHANGES[kind];
  Object.assign(range, { min: low, max: high, step });
  range.value = strength;
  range.setAttribute("aria-label", `${label}, ${unit}`);
  put(find("output"), `${strength} ${unit}`.replace("-", "−"));
}

function changed({ state, strokes, kind, place: [row, column] }, strength) {
  const image = painted(state.image, strokes);
  return kind === PAINT ? image : CHANGES[kind].apply(image, { strength, row, column });
}

/* One image a frame, however fast the hand. */
function apply(bench) {
  bench.waiting ??= requestAnimationFrame(() => {
    bench.waiting = null;
    bench.onPixels(pixelsOf(bench));
    tell(bench);
  });
}

function tell(bench) {
  const { find, state, curve, kind, strength } = bench, { probabilities, data } = state;
  const best = largestAt(probabilities);
  put(find(".told"), bench.full ? FULL : `${data.classes[best]} ${wholePercent(probabilities[best])}`);
  if (kind === PAINT) return;
  const canvas = find(".curve canvas"), { low, high } = CHANGES[kind], drawn = curve && `${bench.ticket} ${curve.strengths.length} ${best}`;
  bench.size ??= [canvas.clientWidth, canvas.clientHeight];
  find(".curve i").style.transform = `translateX(${(bench.size[0] * (strength - low)) / (high - low)}px)`;
  if (!curve || bench.drawn === drawn) return;
  bench.drawn = drawn;
  drawCurve(canvas, curve, { best, classes: data.classes, size: bench.size });
}

/** The answer over all strengths, for the curve: a few at a time, so that the hand is never waited for. */
export function trace(bench) {
  const ticket = ++bench.ticket;
  bench.curve = null;
  if (!bench.open || bench.kind === PAINT) return;
  const { low, high } = CHANGES[bench.kind];
  probe(bench.state, (strength) => changed(bench, strength), low, high, (curve) => {
    if (ticket !== bench.ticket) return false;
    bench.curve = curve;
    tell(bench);
    return true;
  });
}

/** What a hand does on the image itself: paints, or moves what covers it. */
export function reach(bench, image) {
  const point = (event) => {
    if (!bench.open || (event.type === "pointermove" && !event.buttons)) return;
    const [down, across] = sharesOf(image, event);
    act(bench, down * SIDE, across * SIDE);
    if (event.type === "pointerdown") image.setPointerCapture(event.pointerId);
  };
  image.addEventListener("pointerdown", point);
  image.addEventListener("pointermove", point);
  image.addEventListener("pointerup", () => bench.open && trace(bench));
  image.addEventListener("keydown", (event) => bench.open && steer(bench, event));
}

function act(bench, row, column) {
  bench.place = [row, column];
  if (bench.kind === PAINT) stroke(bench);
  if (bench.kind === "cover") bench.place = bench.place.map(Math.round);
  if (bench.kind === "shift") return turnTo(bench, within(Math.round(column - SIDE / 2), CHANGES.shift.low, CHANGES.shift.high));
  return apply(bench);
}

function steer(bench, event) {
  const step = arrow(event);
  if (!step && event.key !== " ") return;
  event.stopPropagation();
  event.preventDefault();
  const [row, column] = bench.place;
  if (step) bench.place = [within(row + step[0], 0, SIDE), within(column + step[1], 0, SIDE)];
  if (bench.kind === PAINT) put(bench.find(".told"), `row ${bench.place[0]}, column ${bench.place[1]}`);
  if (!step && bench.kind === PAINT) stroke(bench);
  if (!step || bench.kind !== PAINT) apply(bench);
}

function stroke(bench) {
  const { state, strokes, place: [row, column], find } = bench;
  bench.full = !add(painted(state.image, strokes), strokes, find(".color input").value.slice(1), row, column, state.data.most);
}
