/* The panel's numbers: products of one output, and the softmax written out. */

import { CHANNELS } from "../js/colors.js";
import { element, put } from "../js/elements.js";
import { brief, fixed, grouped, percent } from "../js/numbers.js";
import { ACTIVATIONS } from "../network/layers.js";
import { biasOf, termsOf } from "../network/terms.js";

const SHOWN = 27; // all of a first layer's; of a deeper one the largest
/** @type {Record<string, string>} */
export const NAMES = { relu: "ReLU", gelu: "GELU", silu: "SiLU" };

/** The products that make up one output: a pixel of a map, or a unit. */
export function productsOf(state, open, at) {
  const root = element("div", "terms"), list = element("ol"), foot = element("p", "said");
  root.append(foot, list);
  root.tabIndex = 0; // to be scrolled by keyboard
  const paint = () => {
    const { network } = state, { number } = open.target, to = network.shapes[at + 1];
    const [y, x] = open.at ?? [Math.floor(to[0] / 2), Math.floor((to[1] ?? 1) / 2)];
    const terms = termsOf(network, at, number, y, x), shown = terms.slice(0, SHOWN);
    list.replaceChildren(...shown.map((term) => line(state, at, term)));
    put(foot, summary(network, at, number, terms, to.length === 3 ? `Row ${y}, column ${x}` : ""));
  };
  open.paint = paint;
  return Object.assign(root, { paint });
}

function line(state, at, { map, row, column, value, weight, product }) {
  const { network } = state, input = network.steps[at].inputs[0], made = element("li");
  const flat = network.shapes[input].length === 1, unit = flat && network.steps[input - 1].kind === "Dense";
  const name = unit ? `unit ${map + 1}` : flat ? `value ${map + 1}` : `${input ? `map ${map + 1}` : CHANNELS[map]} ${row},${column}`;
  const where = element(unit ? "button" : "span", "where", name);
  if (unit) where.addEventListener("click", () => state.unfold({ value: input, number: map }));
  made.append(where, element("span", "", `${fixed(value, 3)} × ${fixed(weight, 3)}`), element("b", "", `= ${fixed(product, 3)}`));
  return made;
}

function summary(network, at, number, terms, where) {
  const sum = terms.reduce((all, { product }) => all + product, 0);
  const rest = terms.slice(SHOWN).reduce((all, { product }) => all + product, 0);
  const others = terms.length > SHOWN ? `the ${SHOWN} largest below, the other ${grouped(terms.length - SHOWN)} add ${fixed(rest, 3)}; ` : "";
  return `${where ? `${where}: ` : ""}${grouped(terms.length)} products, ${others}${total(network, at, number, sum)}.`;
}

/** A sum, with the bias and the activation inside the layer where it has them, written out. */
export function total(network, at, number, sum) {
  const bias = biasOf(network, at, number), { activation } = network.steps[at];
  const added = network.weights[at][1] ? ` + bias ${fixed(bias, 3)} = ${fixed(sum + bias, 3)}` : "";
  const inside = activation && activation !== "linear" ? `; ${NAMES[activation]}: ${fixed(ACTIVATIONS[activation](sum + bias), 3)}` : "";
  return `sum ${fixed(sum, 3)}${added}${inside}`;
}

/** Softmax: every logit, its exponential, their sum. */
export function exponentials(state, open) {
  const root = element("div", "softmax"), table = element("table"), foot = element("p", "said");
  root.append(table, foot);
  open.paint = () => {
    const { logits, probabilities, data } = state;
    const powers = Array.from(logits, Math.exp), sum = powers.reduce((all, power) => all + power, 0);
    const rows = [...powers.keys()].sort((one, other) => logits[other] - logits[one]).slice(0, data.mostClasses);
    table.innerHTML = "<thead><tr><th>class</th><th>logit z</th><th>e to the z</th><th>its share</th></tr></thead><tbody></tbody>";
    table.tBodies[0].append(...rows.map((place) => cells(data.classes[place], fixed(logits[place], 3), brief(powers[place], 4), percent(probabilities[place]), place === open.target.number)));
    put(foot, `All ${powers.length} exponentials add up to ${brief(sum, 5)}; each divided by it is a probability, and they add up to 1.`);
  };
  return root;
}

function cells(...values) {
  const row = element("tr", values.pop() ? "chosen" : "");
  row.append(...values.map((value, at) => element(at ? "td" : "th", "", String(value))));
  return row;
}
