/* A window that a pointer moves, or that slides by itself. */

import { onPointed, sharesOf } from "../js/pointer.js";
import { fieldOf } from "../network/field.js";
import { mark } from "./pictures.js";

const SLIDE_MS = 1600;

/**
 * A pixel pointed at in an output: its window in every source. What is returned listens to an output that comes later, as
 * both lists may grow.
 */
export function pointing(state, open, at, source, outputs, sources) {
  const { steps, shapes } = state.network, [height, width] = shapes[at + 1];
  const go = (y, x) => {
    open.at = [y, x];
    const box = fieldOf(steps, shapes, at + 1, [y, y, x, x]).get(source) ?? [0, 0, 0, 0];
    for (const each of sources) mark(each, box, shapes[source]);
    for (const each of outputs) mark(each, [y, y, x, x], shapes[at + 1]);
  };
  open.go = go;
  const listen = ({ root }) =>
    onPointed(root, (event) => {
      open.stop?.();
      const [down, across] = sharesOf(root.firstChild, event);
      go(Math.floor(down * height), Math.floor(across * width));
      open.paint();
    });
  outputs.forEach(listen);
  return listen;
}

/** The window slides once over everything, and paints what it finds. */
export function slide(open, [height, width]) {
  const start = performance.now(), count = height * width;
  let frameId = 0;
  open.stop = () => {
    cancelAnimationFrame(frameId);
    open.until = undefined;
    open.stop = null;
  };
  const next = (now) => {
    const until = Math.floor(((now - start) / SLIDE_MS) * count);
    if (until >= count) return finish();
    open.until = Math.max(0, until);
    open.go(Math.floor(open.until / width), open.until % width);
    open.paint();
    frameId = requestAnimationFrame(next);
    return undefined;
  };
  const finish = () => {
    open.stop();
    open.paint();
  };
  open.until = 0;
  frameId = requestAnimationFrame(next);
}
