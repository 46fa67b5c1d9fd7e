/* A filter in the panel, or a dense unit that looks at maps: all it takes in, and what becomes of it. */

import { CHANNELS } from "../js/colors.js";
import { element, put } from "../js/elements.js";
import { brief, fixed } from "../js/numbers.js";
import { BY_FINGER } from "../js/pointer.js";
import { mapOf, onward, partsOf, partsOfUnit, sumsOf } from "../network/terms.js";
import { NAMES, productsOf, total } from "./numbers.js";
import { frame, largest, paintMap, sizeParts, still } from "./pictures.js";
import { pointing, slide } from "./window.js";

const AT_ONCE = 8;

/**
 * Every map a filter takes in, its kernel for it, what that adds; the sum and what becomes of it.
 * `maps`: for a dense unit, the number of the value before the `Flatten`; else 0.
 */
export function partsView(state, open, at, { maps }) {
  const { network } = state, { number } = open.target, unit = Boolean(maps);
  const source = maps || network.steps[at].inputs[0];
  const view = element("div", "view"), list = element("div", "parts"), end = element("div", "end"), said = element("p", "said");
  const terms = productsOf(state, open, at);
  terms.hidden = true;
  view.append(list, ...(unit ? [] : [end]), terms);
  open.root.append(said);
  const found = () => (unit ? partsOfUnit(network, at, number, maps) : partsOf(network, at, number));
  const sums = unit ? null : ending(network, at, end), to = unit ? network.shapes[source] : network.shapes[at + 1];
  const outputs = sums ? [sums.sum, sums.result, ...sums.later.map((each) => each.frame)] : [], sources = [];
  const listen = pointing(state, open, at, source, outputs, sources), parts = [];
  const add = () => { // a few in every frame: all at once, the first would wait for the last
    const now = found(), added = now.slice(parts.length, parts.length + AT_ONCE).map(part);
    list.append(...added.map((each) => each.root));
    fillAll(state, open, added, now, source, to, parts.length);
    parts.push(...added);
    for (const { map, partial } of unit ? [] : added) {
      sources.push(map);
      outputs.push(partial);
      listen(partial);
    }
    if (parts.length < now.length) requestAnimationFrame(() => open.root.isConnected && add());
  };
  const show = turning(open, [said, list], terms);
  list.addEventListener("click", (event) => event.target.closest(".part") && show());
  const buttons = controls(state, open, at, { unit, show });
  open.paint = () => {
    const now = found();
    sizeParts(list, now.length);
    fillAll(state, open, parts, now, source, to);
    if (sums) paintEnd(state, open, at, now, sums);
    buttons();
    if (open.numbers) terms.paint();
    put(said, unit ? unitInWords(network, at, number, now) : pixelInWords(network, at, number, now, open.at));
  };
  requestAnimationFrame(() => open.root.isConnected && add());
  if (sums && !still()) slide(open, network.shapes[at + 1]);
  return view;
}

/* Returns what shows the numbers in place of the pictures, and back. */
function turning(open, pictures, numbers) {
  return () => {
    open.numbers = numbers.hidden;
    for (const each of pictures) each.hidden = open.numbers;
    numbers.hidden = !open.numbers;
    open.paint();
  };
}

/* The buttons of the panel; what is returned writes what they do now. */
function controls(state, open, at, { unit, show }) {
  const { network } = state, key = `${at}.${open.target.number}`;
  const numbers = element("button", "turn"), off = element("button", "off");
  numbers.addEventListener("click", show);
  off.addEventListener("click", () => {
    if (!network.off.delete(key)) network.off.add(key);
    state.again();
  });
  open.header.append(element("span", "legend", "map, kernel, what it adds: strongest first"), numbers, ...(unit ? [] : [off]));
  return () => {
    put(numbers, open.numbers ? "Pictures" : "Numbers");
    put(off, network.off.has(key) ? "Switch on" : "Switch off");
  };
}

/* The frames of the sum, of what the layer makes of it, and of the layers behind it. */
function ending(network, at, end) {
  const sum = frame("sum"), result = frame("");
  const later = onward(network, at).map((step) => ({ step, frame: frame(network.steps[step].label) }));
  end.append(sum.root, result.root, ...later.map((each) => each.frame.root));
  end.tabIndex = 0; // to be scrolled by keyboard
  return { sum, result, later };
}

function part() {
  const root = element("button", "part"), map = frame(""), kernel = frame(""), partial = frame("");
  const name = element("span", "name");
  root.append(name, map.root, kernel.root, partial.root);
  return { root, name, map, kernel, partial };
}

/* Fills the parts from the n-th on; all have the same scales. */
function fillAll({ network }, open, parts, found, source, to, first = 0) {
  const values = network.values[source], from = network.shapes[source];
  const limits = [[values], found.map((each) => each.kernel), found.map((each) => each.partial)].map(largest);
  parts.forEach(({ root, name, map, kernel, partial }, n) => {
    const each = found[first + n], words = source ? `map ${each.map + 1}` : CHANNELS[each.map];
    put(name, words);
    paintMap(map, mapOf(values, from, each.map), from, limits[0]);
    paintMap(kernel, each.kernel, each.side, limits[1]);
    paintMap(partial, each.partial, to, limits[2], open.until);
    root.setAttribute("aria-label", `${words}: its kernel ${brief(Math.min(...each.kernel), 2)} to ${brief(Math.max(...each.kernel), 2)}; adds up to ${brief(largest([each.partial]), 2)}`);
  });
}

function paintEnd({ network }, open, at, parts, { sum, result, later }) {
  const { number } = open.target, { activation } = network.steps[at], shape = network.shapes[at + 1], { until } = open;
  const sums = sumsOf(network, at, number, parts), own = (value) => mapOf(network.values[value], shape, number);
  paintMap(sum, sums.sum, shape, largest([sums.sum]), until);
  paintMap(result, own(at + 1), shape, largest([sums.result]), until);
  result.root.hidden = (activation ?? "linear") === "linear" && !network.weights[at][1]; // the sum itself
  put(sum.caption, `sum of all ${parts.length}`);
  put(result.caption, `${NAMES[activation] ? `${NAMES[activation]} of sum` : "sum"}${network.weights[at][1] ? ` + ${fixed(sums.bias, 2)}` : ""}`);
  for (const { step, frame: each } of later) paintMap(each, own(step + 1), shape, largest([own(step + 1)]), until);
}

function unitInWords(network, at, number, parts) {
  const sum = parts.reduce((all, { partial }) => partial.reduce((part, value) => part + value, all), 0);
  return `Each map times the unit's weights for it, largest contributions first: ${total(network, at, number, sum)}.`;
}

function pixelInWords(network, at, number, parts, pixel) {
  const some = parts.length === 1 ? "The map" : `All ${parts.length} maps`;
  if (!pixel) return `${some}, the kernel for ${parts.length === 1 ? "it" : "each"}, and what it adds. ${BY_FINGER ? "Tap" : "Point at"} a pixel of the sum.`;
  const [y, x] = pixel, place = y * network.shapes[at + 1][1] + x;
  const sum = parts.reduce((all, { partial }) => all + partial[place], 0);
  return `Row ${y}, column ${x}: ${parts.length} parts, ${total(network, at, number, sum)}.`;
}
