// The picture that is made for a filter, after the step of one's choice. All steps are here; nothing is asked of the
// server while they play.

import { leaving, planted, put, remembering } from "../../shared/js/elements.js";
import { counted } from "../../shared/js/numbers.js";
import { RIDE, Ride } from "../../shared/js/ride.js";

const FRAME_MS = 60;
const stateOf = remembering(build);

export default function ({ parentElement, data, setStateValue }) {
  const state = stateOf(parentElement);
  state.tell = (step) => setStateValue("step", (state.told = step));
  const echo = data.step === state.told, other = state.data?.title !== data.title;
  const asked = other || (!echo && data.step !== state.asked); // a link, Back, another filter
  Object.assign(state, { data, asked: data.step, told: echo ? null : state.told });
  if (asked) state.ride.pause();
  unpack(state);
  state.ride.stand(asked ? data.step : state.ride.at, data.values.length - 1);
  return leaving(parentElement, () => state.ride.pause());
}

function build(parent) {
  const { root, find } = planted(parent, "view climb", `<figure><canvas role="img"></canvas><figcaption></figcaption></figure>${RIDE}`);
  const state = { root, find, frames: null };
  state.ride = new Ride(state, { name: "Step", frameMs: FRAME_MS, show: (at) => show(state, at), settle: (at) => state.tell(at) });
  return state;
}

/* Every line of the picture that came is one frame. */
function unpack(state) {
  const { frames } = state.data;
  if (state.source === frames) return;
  Object.assign(state, { source: frames, frames: null });
  const image = new Image();
  image.onload = () => {
    if (state.source !== frames) return; // another came meanwhile
    const canvas = Object.assign(document.createElement("canvas"), { width: image.width, height: image.height });
    const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    pen.drawImage(image, 0, 0);
    state.frames = pen.getImageData(0, 0, image.width, image.height).data;
    show(state, state.ride.at);
  };
  image.src = frames;
}

function show(state, at) {
  const { data: { title, side, values }, frames, find, root } = state;
  const canvas = find("canvas");
  find("input").setAttribute("aria-valuetext", `step ${at}: ${values[at]}`);
  put(find("figcaption"), `${values[at]} after ${counted(at, "step")}`);
  canvas.setAttribute("aria-label", `${title} after ${counted(at, "step")}, ${values[at]}`);
  root.dataset.step = at;
  if (!frames) return;
  const bytes = 4 * side * side; // of a frame
  Object.assign(canvas, { width: side, height: side });
  canvas.getContext("2d").putImageData(new ImageData(frames.subarray(at * bytes, (at + 1) * bytes), side), 0, 0);
  canvas.dataset.drawn = at;
}
