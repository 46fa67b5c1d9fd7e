/* The views of the panel: a convolution's or a pooling's map, a dense unit, the probabilities. */

import { partsView } from "./filter.js";
import { exponentials, productsOf } from "./numbers.js";
import { poolingView } from "./pooled.js";
import { sheetView } from "./sheet.js";

/** In place of a map's number: all maps of the layer. */
export const ALL = -1;

/** What to show of a target: its title, the elements; `open.paint` fills them. */
export function viewOf(state, open) {
  const { steps } = state.network, { value, number } = open.target, { classes } = state.data;
  if (value > steps.length) return { title: "Softmax: from logits to probabilities", view: exponentials(state, open) };
  const at = value - 1, { name, kind, shape } = steps[at], count = shape[shape.length - 1];
  if (number === ALL) return { title: `${name}: all ${count} maps`, view: sheetView(state, open, state.blocks.findIndex((block) => block.value === value)) };
  if (kind === "Dense") {
    const what = value === steps.length ? `${name}, logit of ${classes[number]}` : `${name}, unit ${number + 1} of ${count}`;
    const maps = before(state, at);
    return { title: what, view: maps ? partsView(state, open, at, { maps }) : productsOf(state, open, at) };
  }
  const title = `${name}, map ${number + 1} of ${count}`;
  return { title, view: kind.endsWith("Pooling2D") ? poolingView(state, open, at) : partsView(state, open, at, { maps: 0 }) };
}

/* The maps that a `Flatten` before a dense layer writes into a vector; 0 where there is none. */
function before({ network: { steps, shapes } }, at) {
  const [input] = steps[at].inputs, flatten = steps[input - 1];
  return flatten?.kind === "Flatten" && shapes[flatten.inputs[0]].length === 3 ? flatten.inputs[0] : 0;
}
