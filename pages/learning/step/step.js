// One step of gradient descent with all its numbers; the course of twenty is here already, so a step costs no question.

import { Chart } from "../../shared/js/chart.js";
import { css, signedOf } from "../../shared/js/colors.js";
import { element, planted, put, remembering, resting, themed } from "../../shared/js/elements.js";
import { brief, counted, fixed, grouped } from "../../shared/js/numbers.js";
import { letWalk, pause } from "../play.js";
import { drawPicker } from "../weight/pick.js";

const FRAME_MS = 500;
const POSITIVE = css(signedOf(1)), NEGATIVE = css(signedOf(-1));
const stateOf = remembering(build);

export default function ({ parentElement, data, setStateValue }) {
  const state = stateOf(parentElement);
  const fresh = state.data?.id !== data.id;
  if (fresh || state.told === undefined || data.at !== state.told) state.at = data.at;
  state.told = data.at;
  if (fresh) pause(state);
  state.data = data;
  state.tell = () => {
    if (state.at === state.told) return;
    state.told = state.at;
    setStateValue("at", state.at);
  };
  prepare(state);
  drawPicker(state.find(".picker"), data.picker, (weight) => setStateValue("weight", weight));
  show(state);
  return () => pause(state);
}

function build(parent) {
  const { root, find } = planted(parent, "view step", `
    <div class="forward">
      <figure><img alt=""><figcaption></figcaption></figure>
      <table><thead><tr><th scope="col">class</th><th scope="col" colspan="2">logit</th><th scope="col" class="power">e^logit</th>
        <th scope="col" colspan="2">÷ sum = p</th><th scope="col" colspan="2">slope: p − y</th></tr></thead><tbody></tbody></table>
      <div class="loss"><p></p><b></b><p class="from"></p><div class="plot"></div></div>
    </div>
    <div class="back">
      <div class="picker"></div>
      <div><p class="which"></p><dl></dl>
        <div class="buttons"><button type="button" class="go main">Step</button><button type="button" class="play">Play</button>
          <button type="button" class="again">Start over</button><output></output></div></div>
    </div>`);
  const state = { root, find, at: 0, rest: resting(root) };
  letWalk(state, FRAME_MS, { at: () => state.at, last: () => state.data.losses.length - 1, go: (at) => go(state, at), again: () => go(state, 0) });
  state.chart = new Chart(find(".plot"), { unit: "loss", onCursor: () => {} });
  return state;
}

// What stays the same from step to step.
function prepare({ data, find }) {
  find("img").src = data.image;
  find("img").alt = data.title;
  put(find(".forward figcaption"), data.title);
  put(find(".which"), data.picker.words);
  find("tbody").replaceChildren(...data.shown.map((place) => {
    const row = element("tr", place === data.label ? "true" : "");
    row.append(element("td", "", data.classes[place]));
    for (const kind of ["bar", "", "power", "bar", "", "bar", ""]) row.append(element("td", kind));
    for (const bar of row.querySelectorAll(".bar")) bar.append(element("i"));
    return row;
  }), sums());
}

function sums() {
  const row = element("tr", "sum");
  row.append(element("td", "", "sum"), ...["", "", "power", "", "", "", ""].map((kind) => element("td", kind)));
  return row;
}

function show(state) {
  const { data, find, at, root } = state;
  const logits = data.logits[at].map((value) => value ?? NaN);
  const top = Math.max(...logits);
  const shares = logits.map((value) => Math.exp(value - top));
  const whole = shares.reduce((sum, each) => sum + each, 0);
  const most = Math.max(...data.shown.map((place) => Math.abs(logits[place])), 1e-9);
  const rows = find("tbody").children;
  data.shown.forEach((place, number) => {
    const probability = shares[place] / whole;
    const slope = probability - (place === data.label ? 1 : 0);
    const cells = rows[number].children;
    bar(cells[1], logits[place] / most);
    put(cells[2], fixed(logits[place], 3));
    put(cells[3], brief(Math.exp(logits[place])));
    bar(cells[4], probability, true);
    put(cells[5], fixed(probability, 4));
    bar(cells[6], slope);
    put(cells[7], fixed(slope, 4));
  });
  put(rows[rows.length - 1].children[3], brief(whole * Math.exp(top)));
  put(rows[rows.length - 1].children[5], "1");
  put(rows[rows.length - 1].children[7], "0");
  told(state, shares[data.label] / whole);
  arithmetic(state);
  curve(state);
  root.dataset.at = at;
}

// A bar from the middle, blue or orange by its sign; or from the left.
function bar(cell, value, share = false) {
  const { style } = cell.firstChild;
  const wide = Math.min(1, Math.abs(value) || 0) * (share ? 100 : 50);
  style.setProperty("--wide", `${wide}%`);
  style.setProperty("--from", share ? "0%" : value < 0 ? `${50 - wide}%` : "50%");
  style.setProperty("--fill", share ? "currentColor" : value < 0 ? NEGATIVE : POSITIVE);
}

function told({ data, find, at }, probability) {
  const name = data.classes[data.label];
  const own = [`−log p(${name})`, `−log ${written(probability)}`];
  const many = data.images > 1;
  find(".loss p").replaceChildren(...(many ? ["loss, the mean of", element("br"), `${data.images} images`] : [`loss = ${own[0]}`, element("br"), `= ${own[1]} =`]));
  put(find(".loss b"), loss(data.losses[at]));
  put(find(".from"), many ? `this image’s: ${own.join(" = ")} = ${loss(-Math.log(probability))}` : "");
}

// With as many digits as its logarithm asks for, be it near 0 or near 1.
const written = (share) => (share < 0.5 ? brief(share, 4) : fixed(share, Math.min(9, Math.max(4, 2 - Math.floor(Math.log10(1 - share))))));

const loss = (value) => (value !== null && Number.isFinite(value) ? brief(value, 4) : "not a number");

function arithmetic({ data, find, at }) {
  const { values, slopes, losses, alone, steepness, rate, rateText } = data;
  const last = at === losses.length - 1;
  const fresh = values[at] - rate * slopes[at];
  const promised = losses[at] - rate * steepness[at];
  const minus = slopes[at] < 0 ? `(${brief(slopes[at], 4)})` : brief(slopes[at], 4);
  const lines = [
    ["slope of the loss by it", `<b>${brief(slopes[at], 4)}</b>`],
    ["new = old − rate × slope", `${brief(values[at], 4)} − ${rateText} × ${minus} = <b>${precise(fresh, values[at])}</b>`],
    ["this weight alone steps", `loss ${precise(losses[at], alone[at])} → ${precise(alone[at], losses[at])}`],
    [`all ${grouped(data.parameters)} step at once`, last ? "the last step computed here" : `loss ${precise(losses[at], losses[at + 1])} → <b>${precise(losses[at + 1], losses[at])}</b>`],
    ["what the slopes promised", `${precise(losses[at], promised)} − ${rateText} × ${brief(steepness[at])} = ${precise(promised, losses[at])}`],
  ];
  find("dl").innerHTML = lines.map(([name, words]) => `<dt>${name}</dt><dd>${words}</dd>`).join("");
  find(".go").disabled = find(".play").disabled = last;
  find(".again").disabled = at === 0;
  put(find("output"), `${at} of ${losses.length - 1} steps taken`);
}

// As many digits as tell a number from another.
function precise(value, other) {
  if (value === null || !Number.isFinite(value)) return "not a number";
  const apart = Math.abs(value - other);
  return apart > 0 ? fixed(value, Math.min(9, Math.max(4, 1 - Math.floor(Math.log10(apart))))) : brief(value, 4);
}

function curve(state) {
  const { data, at } = state;
  const x = data.losses.slice(0, at + 1).map((_, number) => number);
  const y = data.losses.slice(0, at + 1).map((value) => value ?? NaN);
  state.chart.options.baseline = { value: data.losses[0], text: "before" };
  state.chart.set([{ name: "loss", x, y, color: themed(state.root, "--st-primary-color"), dots: "round" }], { xMax: data.losses.length - 1, xTitle: "steps" });
  state.chart.describe(`Loss over ${counted(at, "step")}: ${y.map((value) => brief(value)).join(", ")}.`);
}

function go(state, at) {
  state.at = Math.min(at, state.data.losses.length - 1);
  show(state);
  state.rest(state.tell);
}
