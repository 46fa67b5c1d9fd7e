/* From the last maps to the answer: dense units as strips, a logit and a probability for every class. */

import { element, put } from "../js/elements.js";
import { fixed, grouped, largestAt, wholePercent } from "../js/numbers.js";
import { sharesOf } from "../js/pointer.js";
import { range } from "./blocks.js";
import { paintSigned } from "./paint.js";

const STRIP = 256; // values below each other at the most

export function answerColumn(state) {
  const { data, network } = state;
  const vectors = data.head.filter(({ value }) => network.shapes[value].length === 1 && value < network.steps.length);
  const head = element("div", "column head"), block = element("div", "block");
  const strips = vectors.map(({ value }) => strip(state, value));
  block.append(...strips.map(({ root }) => root));
  const title = element("p", "title");
  const labels = vectors.map(({ value }) => data.steps[value - 1].label), counts = vectors.map(({ value }) => grouped(network.shapes[value][0]));
  title.append(element("b", "", labels[labels.length - 1] ?? "Head"), element("span", "shape", counts.join(" → ")));
  const share = data.head.find((layer) => layer.value === vectors.at(-1)?.value)?.share;
  title.append(element("span", "share", share ? `weights ${share}` : ""));
  head.append(title, block);
  const column = element("div", "column answer");
  const heading = element("p", "title");
  const last = data.head.find((layer) => layer.value === network.steps.length);
  heading.append(element("b", "", "Logit, probability"), element("span", "shape"), element("span", "share", last?.share ? `weights ${last.share}` : ""));
  const rows = Array.from({ length: Math.min(data.classes.length, data.mostClasses) }, () => row());
  const list = element("div", "rows");
  list.append(...rows.map(({ root }) => root));
  column.append(heading, list);
  return { head, block, strips, column, rows, truth: heading.children[1] };
}

function strip(state, value) {
  const root = element("div", "strip"), canvas = element("canvas", "", "", { role: "img" });
  root.append(canvas);
  return { root, canvas, value, count: state.network.shapes[value][0], unfolds: state.data.steps[value - 1].kind === "Dense" };
}

/** The unit that is clicked in a strip. */
export function unitAt({ canvas, count }, event) {
  return Math.floor(sharesOf(canvas, event)[0] * count);
}

function row() {
  const root = element("div", "row"), logit = element("button", "logit"), chance = element("button", "chance");
  const track = element("span", "track"), bar = element("i");
  track.append(bar);
  const percent = element("span", "value");
  chance.append(track, percent);
  const name = element("span", "name");
  root.append(name, logit, chance);
  return { root, name, logit, chance, bar, percent };
}

/** Shows strips, logits and probabilities as they are now. */
export function showAnswer(state) {
  const { answer, network, logits, probabilities, data } = state;
  for (const { canvas, value, count } of answer.strips) {
    const values = network.values[value], [low, high] = range(values, 0, 1);
    const width = Math.ceil(count / STRIP);
    paintSigned(canvas, values, [Math.ceil(count / width), width], Math.max(Math.abs(low), Math.abs(high)));
    canvas.setAttribute("aria-label", `${data.steps[value - 1].name}: ${grouped(count)} values, ${fixed(low, 2)} to ${fixed(high, 2)}`);
  }
  const best = largestAt(probabilities);
  const places = ranked(probabilities, data.label, answer.rows.length);
  put(answer.truth, data.label === null ? "" : `true: ${data.classes[data.label]}`);
  answer.rows.forEach((row, at) => {
    const place = places[at];
    row.place = place;
    put(row.name, data.classes[place]);
    put(row.logit, fixed(logits[place], 1));
    put(row.percent, wholePercent(probabilities[place]));
    row.bar.style.width = `${100 * probabilities[place]}%`;
    row.root.classList.toggle("best", place === best);
    row.logit.setAttribute("aria-label", `${data.classes[place]}: logit ${fixed(logits[place], 2)}`);
    row.chance.setAttribute("aria-label", `${data.classes[place]}: probability ${wholePercent(probabilities[place])}`);
  });
}

/* The classes that have a row: all, or the most probable and the true one, in their order. */
function ranked(probabilities, label, most) {
  const places = probabilities.map((_, place) => place).filter((place) => place !== label);
  places.sort((one, other) => probabilities[other] - probabilities[one]);
  return (label === null ? places.slice(0, most) : [label, ...places.slice(0, most - 1)]).sort((one, other) => one - other);
}
