// The way forward and the way back, layer by layer; one map closely: what goes in, what comes out, the slope that arrives
// and the slope that is handed on.

import { css, grayOf, signedOf } from "../../shared/js/colors.js";
import { element, focusedBeside, planted, put, remembering, themed } from "../../shared/js/elements.js";
import { arrow, within } from "../../shared/js/keys.js";
import { brief, counted } from "../../shared/js/numbers.js";
import { bytesOf, fillPixels } from "../../shared/js/pixels.js";
import { lay, onPointed, sharesOf } from "../../shared/js/pointer.js";

const stateOf = remembering((parent) => ({ ...planted(parent, "view back", `
  <div class="ways" tabindex="0" role="group" aria-label="The layers from the image to the loss"></div>
  <div class="close"></div>`), place: [0.4, 0.5] }));

export default function ({ parentElement, data, setStateValue }) {
  const state = stateOf(parentElement);
  Object.assign(state, { data, layers: data.layers.map(unpacked), pick: (name, place) => setStateValue("map", `${name}.${place + 1}`) });
  const focus = focusedBeside(state.root)?.dataset.part;
  state.find(".ways").style.setProperty("--columns", state.layers.length);
  state.find(".ways").replaceChildren(input(data), ...state.layers.map((layer) => column(state, layer)), head(data));
  closely(state);
  if (focus) state.root.querySelector(`[data-part="${focus}"]`)?.focus();
  state.root.dataset.picked = data.picked.join(".");
}

function unpacked(layer) {
  const maps = Object.fromEntries(Object.entries(layer.maps).map(([kind, text]) => [kind, new Float32Array(bytesOf(text).buffer)]));
  return { ...layer, maps };
}

// One map of a kind: its values, and how they are colored.
function mapOf(layer, kind, row) {
  const [height, width] = layer.size;
  const values = layer.maps[kind].subarray(row * height * width, (row + 1) * height * width);
  const [low, high] = layer.limits[kind].map((limit) => limit ?? 0);
  const slope = kind === "slopes" || kind === "sumSlopes";
  const most = (slope ? Math.max(-low, high) : values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0)) || 1;
  const gray = !slope && low >= 0;
  // Slopes are drawn by their square root: most are far smaller than the largest.
  const color = (value) => (gray ? grayOf(value / most) : signedOf(Math.sign(value) * (Math.abs(value) / most) ** (slope ? 0.5 : 1)));
  return { height, width, values, color, paint: (canvas) => fillPixels(canvas, height, width, (pixel) => color(values[pixel])) };
}

function titled(kind, title, size = "") {
  const box = element("div", `column ${kind}`);
  box.append(element("p", "name", title), element("p", "size", size));
  return box;
}

function input(data) {
  const box = titled("input", "Image", "32×32×3");
  const image = element("img");
  Object.assign(image, { src: data.image, alt: data.title });
  box.append(image, element("p", "", data.title));
  return box;
}

function column(state, layer) {
  const box = titled("", layer.label, `${layer.size.join("×")}×${layer.count}`);
  const strip = element("canvas", "strip", "", {
    role: "img",
    "aria-label": `How much each of the ${layer.count} ${layer.filters ? "filters is to move" : "maps gets"}; the strongest are drawn`,
  });
  const most = Math.max(...layer.strengths, 1e-30);
  const ink = themed(state.root, "--st-primary-color"), paper = themed(state.root, "--st-secondary-background-color");
  strip.width = layer.count;
  strip.height = 1;
  const pen = strip.getContext("2d");
  layer.strengths.forEach((strength, at) => {
    pen.globalAlpha = 1;
    pen.fillStyle = paper;
    pen.fillRect(at, 0, 1, 1);
    pen.globalAlpha = strength / most;
    pen.fillStyle = ink;
    pen.fillRect(at, 0, 1, 1);
  });
  const legend = element("div", "legend");
  legend.append(element("span", "", "map"), element("span", "", "slope"));
  box.append(strip, legend, ...layer.places.map((place, row) => pair(state, layer, place, row)));
  return box;
}

function pair(state, layer, place, row) {
  const chosen = state.data.picked[0] === layer.name && state.data.picked[1] === place;
  const made = element("button", chosen ? "row chosen" : "row", "", {
    "data-part": `${layer.name}.${place}`, "aria-pressed": chosen, "aria-label": `${layer.name}, map ${place + 1} and its slope`,
  });
  for (const kind of ["outputs", "slopes"]) {
    const canvas = element("canvas");
    mapOf(layer, kind, row).paint(canvas);
    made.append(canvas);
  }
  made.addEventListener("click", () => state.pick(layer.name, place));
  return made;
}

// Where the way back begins: the slope of the loss by each logit.
function head(data) {
  const box = titled("head", "Loss", brief(data.loss, 4));
  const list = element("ul", "start");
  for (const { name, slope, true: right } of data.start) {
    const line = element("li", right ? "true" : "", name);
    const bar = element("i");
    const wide = 50 * Math.min(1, Math.abs(slope ?? 0));
    bar.style.setProperty("--wide", `${wide}%`);
    bar.style.setProperty("--from", slope < 0 ? `${50 - wide}%` : "50%");
    bar.style.setProperty("--fill", css(signedOf(Math.sign(slope))));
    bar.title = brief(slope ?? NaN);
    line.append(bar);
    list.append(line);
  }
  box.append(element("p", "", "Slope by logit: p − y"), list);
  return box;
}

// The four pictures of the chosen map, and what happens between them.
function closely(state) {
  const { data, layers } = state;
  const number = layers.findIndex((layer) => layer.name === data.picked[0]);
  const layer = layers[number], row = layer.places.indexOf(data.picked[1]), before = layers[number - 1];
  const source = layer.pools && layer.follows && before.count === layer.count ? before.places.indexOf(data.picked[1]) : -1;
  if (source >= 0) state.panes = [
    ["map before", mapOf(before, "outputs", source)], ["pooled", mapOf(layer, "outputs", row)],
    ["slope arriving", mapOf(layer, "slopes", row)], ["handed on", mapOf(before, "slopes", source)],
  ];
  else if (layer.maps.sums) state.panes = [
    [`before ${layer.activation}`, mapOf(layer, "sums", row)], ["after", mapOf(layer, "outputs", row)],
    ["slope arriving", mapOf(layer, "slopes", row)], ["slope passing", mapOf(layer, "sumSlopes", row)],
  ];
  else state.panes = [["map", mapOf(layer, "outputs", row)], ["slope", mapOf(layer, "slopes", row)]];
  const words = element("div", "words");
  words.append(element("p", "name", `${layer.name}, map ${data.picked[1] + 1}`), element("p", "", explained(layer, source >= 0 && layer.pools, state.panes)));
  words.append(element("p", "reading", "", { "aria-live": "polite" }));
  state.find(".close").replaceChildren(...state.panes.map(([title, map], at) => pane(state, title, map, at)), words);
  point(state);
}

function explained(layer, pools, panes) {
  const [arriving, passing] = panes.slice(-2).map(([, map]) => map.values.reduce((count, value) => count + (value !== 0), 0));
  const handed = pools && `${counted(arriving, "slope arrives", "slopes arrive")}, ${passing} of ${panes[3][1].values.length} places get one.`;
  if (pools) return pools === "MaxPooling2D" ? `Of each window only the winner gets the slope: ${handed}` : `Each place of a window gets the same part of the slope: ${handed}`;
  if (layer.maps.sums) {
    const does = layer.activation === "ReLU" ? "The slope passes where ReLU let the image pass, and nowhere else" : `${layer.activation} multiplies each slope by its own there`;
    return `${does}: ${arriving} of ${panes[2][1].values.length} slopes arrive, ${passing} pass.`;
  }
  return `${passing} of ${panes[1][1].values.length} places get a slope.`;
}

function pane(state, title, map, at) {
  const figure = element("figure"), canvas = element("canvas");
  const frame = element("div", "pane", "", { tabindex: 0, "data-part": `pane${at}`, role: "img", "aria-label": `${title}. Arrow keys read its numbers.` });
  map.paint(canvas);
  frame.append(canvas, element("div", "ring"));
  onPointed(frame, (event) => {
    state.place = sharesOf(frame, event);
    point(state);
  });
  frame.addEventListener("keydown", (event) => {
    const step = arrow(event);
    if (!step) return;
    state.place = [state.place[0] + step[0] / map.height, state.place[1] + step[1] / map.width].map((share) => within(share, 0, 0.9999));
    point(state);
  });
  figure.append(element("figcaption", "", title), frame);
  return figure;
}

function point(state) {
  const said = state.panes.map(([title, { height, width, values }], at) => {
    const [row, column] = [Math.floor(state.place[0] * height), Math.floor(state.place[1] * width)];
    lay(state.find(".close").children[at].querySelector(".ring"), [row, column], [height, width]);
    return `${title} ${brief(values[row * width + column])}`;
  });
  put(state.find(".reading"), said.join(" · "));
}
