/* A pooling in the panel. */

import { element, put } from "../js/elements.js";
import { fixed } from "../js/numbers.js";
import { BY_FINGER } from "../js/pointer.js";
import { fieldOf } from "../network/field.js";
import { mapOf, winnersOf } from "../network/terms.js";
import { frame, largest, paintMap } from "./pictures.js";
import { pointing } from "./window.js";

/** The map before, its winners, the map after. */
export function poolingView(state, open, at) {
  const { network } = state, { number } = open.target, { kind, inputs, label } = network.steps[at];
  const [source] = inputs, view = element("div", "view pooling"), said = element("p", "said"), most = kind === "MaxPooling2D";
  const whole = frame("before"), winners = frame(most ? "its winners" : ""), result = frame(label);
  view.append(whole.root, ...(most ? [winners.root] : []), result.root);
  open.root.append(said);
  open.paint = () => {
    const from = network.shapes[source], to = network.shapes[at + 1];
    const values = mapOf(network.values[source], from, number), pooled = mapOf(network.values[at + 1], to, number);
    const limit = largest([values]);
    paintMap(whole, values, from, limit);
    paintMap(result, pooled, to, limit);
    if (most) {
      const kept = new Float32Array(values.length).fill(NaN);
      for (const pixel of winnersOf(network, at, number)) kept[pixel] = values[pixel];
      paintMap(winners, kept, from, limit);
    }
    if (!open.at) return put(said, `${most ? "The largest" : "The mean"} value of every window goes on. ${BY_FINGER ? "Tap" : "Point at"} a pixel of the last map.`);
    const [y, x] = open.at, box = fieldOf(network.steps, network.shapes, at + 1, [y, y, x, x]).get(source) ?? [0, 0, 0, 0];
    const inside = [];
    for (let i = box[0]; i <= box[1]; i++) for (let j = box[2]; j <= box[3]; j++) inside.push(fixed(values[i * from[1] + j], 2));
    return put(said, `Row ${y}, column ${x}: of ${inside.join(", ")} the ${most ? "largest" : "mean"} is ${fixed(pooled[y * to[1] + x], 2)}.`);
  };
  pointing(state, open, at, source, [result], [whole, winners]);
  return view;
}
