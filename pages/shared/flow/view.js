/* What a visitor chose and changed: told to the server once the hands rest, so that it is in the address. */

import { changeOf } from "./bench.js";
import { textOf } from "./brush.js";

/* As the server has it, in its order. */
function viewOf({ chosen, open, bench, data: { most }, network: { off, steps } }) {
  const named = [...off].slice(0, most.off).map((name) => name.split(".").map(Number)).map(([step, map]) => `${steps[step].name}.${map + 1}`);
  return { chosen, unfolded: Boolean(open?.map), change: changeOf(bench), paint: textOf(bench.strokes), off: named.join(",") };
}

/** Tells the server, unless it knows. */
export function tellView(state, setStateValue) {
  const view = viewOf(state), text = JSON.stringify(view);
  if (text === (state.told.at(-1) ?? state.said)) return;
  state.told.push(text);
  setStateValue("view", view);
}

/** Whether the server says something new, as after Back: neither what it said before nor what it was told. */
export function isNew(state, view) {
  const text = JSON.stringify(view), echo = state.told.indexOf(text), news = echo < 0 && text !== state.said;
  state.told.splice(0, echo + 1);
  state.said = text;
  return news;
}

/** The filters that are switched off, as the network knows them. */
export function offOf({ steps }, text) {
  const named = text.split(",").filter(Boolean).map((each) => each.split("."));
  return named.map(([name, map]) => `${steps.findIndex((step) => step.name === name)}.${Number(map) - 1}`);
}
