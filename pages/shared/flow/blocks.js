/* The columns of maps: the input with its channels, then a block of tiles for every layer. */

import { CHANNELS } from "../js/colors.js";
import { element, put } from "../js/elements.js";
import { brief, fixed } from "../js/numbers.js";
import { Plate, paintChannel, paintImage } from "./paint.js";

export const MANY = 7; // columns of maps: more have narrow titles

/**
 * A block: `value` is the number of what it shows (0: the image), `maps` its tiles, `rows` how many of them stand below
 * each other, `limit` the magnitude that has the full color; `plate` is what is painted of a layer, behind its tiles.
 */
export function columnsOf(state) {
  const { blocks, steps } = state.data;
  const input = { value: 0, title: "Input", name: "Input", shape: [32, 32, 3], sources: [], origin: "Its channels, red, green and blue, are what the network sees." };
  const layers = blocks.map((block) => {
    const { label, name, shape } = steps[block.value - 1];
    return { ...block, title: label, name, shape };
  });
  return [input, ...layers].map((block, x) => ({ ...block, ...column(block, x), rows: 4, limit: 1 }));
}

function column(block, x) {
  const count = x ? block.shown : 1 + CHANNELS.length;
  const made = element("div", x ? "column block" : "column input");
  const title = element("p", "title");
  title.append(element("b", "", block.title.replaceAll(" × ", "\u00a0×\u00a0")), element("span", "shape"), element("span", "scale"));
  title.children[1].append(...block.shape.flatMap((side, at) => (at === 2 ? [element("wbr"), `×${side}`] : at ? `×${side}` : side)));
  const tiles = element("div", "tiles");
  const maps = Array.from({ length: count }, (_, y) => tile(x, y));
  const plate = x ? new Plate(element("canvas", "plate", "", { "aria-hidden": "true" })) : null; // the tiles say what it shows
  tiles.append(...(plate ? [plate.canvas] : []), ...maps);
  made.append(title, tiles);
  if (x && count < block.shape[2]) made.append(more(x, block.shape[2], block.name));
  return { column: made, tiles, maps, plate, scale: title.lastChild };
}

/* Unfolds all maps of a layer, where there is room for a few. */
const more = (x, count, name) => element("button", "more", `all ${count}`, { "data-x": x, "aria-label": `all ${count} maps of ${name}` });

function tile(x, y) {
  const map = element("button", "map", "", { "data-x": x, "data-y": y });
  if (!x) map.append(element("canvas"));
  return map;
}

/** Paints all maps, each block with one scale. */
export function paintMaps(state) {
  state.blocks.forEach((block, x) => {
    if (!x) return paintInput(state, block);
    const values = state.network.values[block.value], maps = block.shape[2];
    const [low, high] = range(values, 0, 1), most = Math.max(-low, high);
    block.limit = fullColor(values, most);
    block.plate.paint(values, maps, block.limit);
    put(block.scale, state.blocks.length > MANY ? `±${brief(most, most < 10 ? 2 : 1)}` : `${brief(low, 2)}…${brief(high, 2)}`);
    block.scale.dataset.signed = low < 0 ? (high > 0 ? "both" : "negative") : "positive";
    return undefined;
  });
}

/** Says of every map what it is: once the hands rest, as nobody hears it sooner. */
export function nameMaps(state) {
  for (const [x, block] of state.blocks.entries())
    block.maps.forEach((map, y) => map.setAttribute("aria-label", describe(state, x, y)));
}

function paintInput(state, { maps, scale }) {
  paintImage(maps[0].firstChild, state.pixels);
  CHANNELS.forEach((_, channel) => paintChannel(maps[channel + 1].firstChild, state.pixels, channel));
  put(scale, "0…255");
}

const BINS = 4096;

/* Where the full color begins: one value in a hundred lies beyond, so that a few strong maps do not pale all others. */
function fullColor(values, most) {
  const counts = new Uint32Array(BINS + 1), scale = BINS / most;
  if (!Number.isFinite(scale)) return most;
  for (let at = 0; at < values.length; at++) counts[Math.ceil(Math.abs(values[at]) * scale)]++;
  let left = values.length / 100, bin = BINS;
  while (bin > 0 && (left -= counts[bin]) > 0) bin--;
  return bin ? bin / scale : most;
}

/** Smallest and largest of every `maps`-th value from `map` on. */
export function range(values, map, maps) {
  let low = Infinity, high = -Infinity;
  for (let at = map; at < values.length; at += maps) {
    if (values[at] < low) low = values[at];
    if (values[at] > high) high = values[at];
  }
  return [low, high];
}

/** The values of the map at a place: a copy. */
export function mapOfPlace(state, x, y) {
  const { value, shape } = state.blocks[x], values = state.network.values[value];
  return Float32Array.from({ length: shape[0] * shape[1] }, (_, pixel) => values[pixel * shape[2] + y]);
}

/** What stands at a place, in words, with its true range. */
export function describe(state, x, y) {
  const { value, name, shape } = state.blocks[x];
  if (!x) {
    const [low, high] = y ? range(state.pixels, y - 1, 3) : range(state.pixels, 0, 1);
    return `${y ? `Input, ${CHANNELS[y - 1]} channel` : name}: ${low} to ${high}`;
  }
  const [low, high] = range(state.network.values[value], y, shape[2]);
  return `${name}, map ${y + 1} of ${shape[2]}: ${fixed(low, 2)} to ${fixed(high, 2)}`;
}
