// The loss over one weight, its tangent and the steps down it. The curve is here: a rate, a step, another start cost the
// server nothing. A click or the arrow keys put the weight somewhere else.

import { css, signedOf } from "../../shared/js/colors.js";
import { element, planted, put, remembering, resting, themed } from "../../shared/js/elements.js";
import { arrowAlong, within } from "../../shared/js/keys.js";
import { brief, fixed } from "../../shared/js/numbers.js";
import { penOn, spotOn, unit } from "../../shared/js/pen.js";
import { letWalk, pause } from "../play.js";
import { drawPicker } from "../weight/pick.js";
import { heightAt, naturalRate, verdict, walk } from "./valley.js";

const FRAME_MS = 350;
const PAD = { left: 52, right: 14, top: 14, bottom: 30 };
const WORDS = { crawls: "it crawls", falls: "it falls", jumps: "it jumps over the valley", climbs: "it climbs out", rests: "it rests: flat here" };
const stateOf = remembering(build);

export default function ({ parentElement, data, setStateValue }) {
  const state = stateOf(parentElement);
  if (state.data?.id !== data.id) {
    pause(state);
    Object.assign(state, { start: data.value, step: 0 });
  }
  if (state.told !== data.pace) state.find("input").value = data.pace;
  state.told = data.pace;
  state.data = data;
  state.valley = { low: data.low, high: data.high, losses: data.losses.map((loss) => loss ?? Infinity) };
  state.tell = () => {
    state.told = Number(state.find("input").value);
    setStateValue("pace", state.told);
  };
  drawPicker(state.find(".picker"), data.picker, (weight) => setStateValue("weight", weight));
  check(state);
  show(state);
  return () => pause(state);
}

function build(parent) {
  const { root, find } = planted(parent, "view slope", `
    <div class="sides">
      <div>
        <div class="picture"><canvas tabindex="0" role="img"></canvas></div>
        <label class="rate"><span>Learning rate</span><input type="range" min="0" max="100"><output></output></label>
        <div class="buttons"><button type="button" class="go main">Step</button><button type="button" class="play">Play</button>
          <button type="button" class="again">Start over</button><p></p></div>
      </div>
      <div><div class="picker"></div><p class="which"></p><table></table></div>
    </div>`);
  const state = { root, find, canvas: find("canvas"), step: 0, start: 0, rest: resting(root) };
  find("input").addEventListener("input", () => { pause(state); state.step = 0; show(state); });
  find("input").addEventListener("change", () => state.rest(state.tell));
  letWalk(state, FRAME_MS, { at: () => state.step, last: () => state.places.length - 1, go: (step) => go(state, step), again: () => place(state, state.data.value) });
  state.canvas.addEventListener("click", (event) => putThere(state, event));
  state.canvas.addEventListener("keydown", (event) => {
    const along = arrowAlong(event);
    if (along) place(state, state.start + (along * (state.data.high - state.data.low)) / 50);
  });
  new ResizeObserver(() => state.data && draw(state)).observe(find(".picture"));
  return state;
}

// Slopes by the tape and by differences, under each other.
function check({ data, find }) {
  put(find(".which"), data.picker.words);
  const rows = [["by GradientTape", data.slope], ...data.differences.map(([distance, slope]) => [`from ±${distance}`, slope])];
  find("table").replaceChildren(element("caption", "", "its slope here, and (L(w + d) − L(w − d)) / 2d"), ...rows.map(([name, value]) => {
    const row = element("tr");
    row.append(element("td", "", name), element("td", "", value === null ? "–" : fixed(value, 5)));
    return row;
  }));
}

function putThere(state, event) {
  const width = state.canvas.clientWidth / unit() - PAD.left - PAD.right;
  const share = (spotOn(state.canvas, event)[0] - PAD.left) / width;
  place(state, state.data.low + share * (state.data.high - state.data.low));
}

function place(state, start) {
  pause(state);
  state.start = within(start, state.data.low, state.data.high);
  go(state, 0);
}

// From a sixtieth of the natural rate to four times as much, in equal ratios.
function rateOf(state) {
  return (naturalRate(state.valley, state.data.value) / 60) * 240 ** (Number(state.find("input").value) / 100);
}

function show(state) {
  const { data, find, valley } = state;
  const rate = rateOf(state);
  state.places = walk(valley, state.start, rate);
  state.step = Math.min(state.step, state.places.length - 1);
  const said = verdict(valley, state.places);
  const here = state.places[state.step], { height, slope } = heightAt(valley, here);
  const exact = here === data.value ? data.slope : slope;
  const out = here < data.low || here > data.high;
  find("output").innerHTML = `${brief(rate)}: <b>${WORDS[said]}</b>`;
  find("input").setAttribute("aria-valuetext", `${brief(rate)}: ${WORDS[said]}`);
  const minus = exact < 0 ? `(${brief(exact)})` : brief(exact);
  put(find(".buttons p"), out ? `step ${state.step}: it left the picture` : `${brief(here)} − ${brief(rate)} × ${minus} = ${brief(here - rate * exact)}`);
  find(".go").disabled = find(".play").disabled = state.step === state.places.length - 1;
  find(".again").disabled = state.step === 0 && state.start === data.value;
  state.canvas.setAttribute("aria-label", `Loss over the weight, from ${brief(data.low)} to ${brief(data.high)}. Step ${state.step}: weight ${brief(here)}, loss ${brief(height)}, slope ${brief(exact)}. At this rate ${WORDS[said]}. Arrow keys start elsewhere.`);
  Object.assign(state.root.dataset, { step: state.step, verdict: said, place: here });
  draw(state);
}

function go(state, step) {
  state.step = within(step, 0, state.places.length - 1);
  show(state);
}

function draw(state) {
  const { canvas, data, valley, places, step } = state;
  if (!canvas.clientWidth || !places) return;
  const { pen, width, height } = penOn(canvas);
  const finite = valley.losses.filter(Number.isFinite);
  const [least, most] = [Math.min(...finite), Math.max(...finite)];
  const foot = Math.max(0, least - 0.15 * (most - least));
  const x = (value) => PAD.left + ((value - data.low) / (data.high - data.low)) * (width - PAD.left - PAD.right);
  const y = (loss) => height - PAD.bottom - ((loss - foot) / (most - foot || 1)) * (height - PAD.top - PAD.bottom);
  const ink = themed(state.root, "--st-text-color"), accent = themed(state.root, "--st-primary-color");
  const picture = { pen, x, y, width, height, ink, accent, paper: themed(state.root, "--st-background-color"), border: themed(state.root, "--st-border-color"), foot, most };
  pen.font = `14px ${getComputedStyle(state.root).fontFamily}`;
  axes(picture, data);
  pen.save();
  pen.beginPath();
  pen.rect(PAD.left, 0, width - PAD.left, height - PAD.bottom);
  pen.clip();
  line(picture, valley.losses.map((loss, at) => [data.low + ((data.high - data.low) * at) / (valley.losses.length - 1), loss]), ink, 2.5);
  title(picture, data);
  tangent(picture, valley, places, step);
  places.slice(0, step + 1).forEach((value, number) => {
    if (value < data.low || value > data.high) return;
    pen.globalAlpha = number === step ? 1 : 0.45;
    dot(picture, value, heightAt(valley, value).height, number === step ? 8 : 4.5, accent);
  });
  pen.restore();
}

// The round number next above a rough one: 1, 2 or 5 times a power of ten.
function roundStep(rough) {
  const power = 10 ** Math.floor(Math.log10(rough || 1));
  return [1, 2, 5, 10].map((each) => each * power).find((each) => each >= rough * 0.999) ?? rough;
}

function axes({ pen, x, y, width, height, ink, border, foot, most }, data) {
  pen.lineWidth = 1;
  pen.fillStyle = ink;
  pen.strokeStyle = border;
  const step = roundStep((most - foot) / 4);
  for (let loss = Math.ceil(foot / step) * step; loss <= most; loss += step) {
    pen.beginPath();
    pen.moveTo(PAD.left, y(loss));
    pen.lineTo(width - PAD.right, y(loss));
    pen.stroke();
    pen.textAlign = "right";
    pen.fillText(fixed(loss, Math.max(0, Math.ceil(-Math.log10(step)))), PAD.left - 7, y(loss) + 5);
  }
  for (const share of [0, 0.25, 0.5, 0.75, 1]) {
    const value = data.low + share * (data.high - data.low);
    pen.textAlign = share === 0 ? "left" : share === 1 ? "right" : "center";
    pen.fillText(brief(value, 2), x(value), height - 9);
  }
}

// What the curve is, on a patch of paper: it may run there.
function title({ pen, ink, paper }, data) {
  const words = data.images > 1 ? `loss over the weight, mean of ${data.images} images` : "loss of this image over the weight";
  pen.textAlign = "left";
  pen.fillStyle = paper;
  pen.fillRect(PAD.left + 2, PAD.top - 12, pen.measureText(words).width + 8, 20);
  pen.fillStyle = ink;
  pen.fillText(words, PAD.left + 6, PAD.top + 3);
}

// The slope as a straight line, the step along it, and the fall or rise from there to the curve.
function tangent(picture, valley, places, step) {
  const { pen, x, y, accent } = picture;
  const here = places[step], next = places[step + 1];
  if (next === undefined || here < valley.low || here > valley.high) return;
  const { height, slope } = heightAt(valley, here);
  const reach = (valley.high - valley.low) / 8;
  const color = css(signedOf(Math.sign(slope) || 1));
  pen.setLineDash([6, 5]);
  line(picture, [[here - reach, height - reach * slope], [here + reach, height + reach * slope]], color, 2);
  pen.setLineDash([2, 4]);
  const landed = heightAt(valley, within(next, valley.low, valley.high)).height;
  line(picture, [[next, height + (next - here) * slope], [next, landed]], accent, 2);
  pen.setLineDash([]);
  line(picture, [[here, height], [next, height + (next - here) * slope]], accent, 3);
  pen.globalAlpha = 0.6;
  pen.lineWidth = 2;
  pen.beginPath();
  pen.arc(x(next), y(landed), 6, 0, 7);
  pen.stroke();
  pen.globalAlpha = 1;
}

function line({ pen, x, y }, points, color, wide) {
  pen.strokeStyle = color;
  pen.lineWidth = wide;
  pen.beginPath();
  for (const [value, loss] of points) if (Number.isFinite(loss)) pen.lineTo(x(value), y(loss));
  pen.stroke();
}

function dot({ pen, x, y }, value, loss, radius, color) {
  pen.fillStyle = color;
  pen.beginPath();
  pen.arc(x(value), y(loss), radius, 0, 7);
  pen.fill();
}
