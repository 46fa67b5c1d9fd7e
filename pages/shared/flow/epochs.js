/* The slider of the epoch, in the sidebar: the network follows it while it moves; the page follows once it rests. */

import { weightsAt } from "../network/forward.js";

const SLIDER = '.st-key-sidebar-epoch input[type="range"]', SHOWN = "aria-valuetext";
const LIGHT = 250_000; // weights: of such networks the snapshots beside the one that is shown are fetched too

/** Calls `moved` whenever a slider moves, until what is returned is called. */
export function watchEpoch(moved) {
  const watch = new MutationObserver(moved);
  watch.observe(document.body, { subtree: true, attributeFilter: [SHOWN] });
  return () => watch.disconnect();
}

/** Where the weights are of the epoch that the slider shows: of the page's own while it shows none of this run's. */
export function addressOf({ run, weights, epoch, epochs }) {
  const shown = Number(document.querySelector(SLIDER)?.getAttribute(SHOWN) ?? epoch);
  return shown !== epoch && epochs.includes(shown) ? `${run}/${shown}` : weights;
}

/** Fetches the snapshots before and after one, for the hand that moves on. */
export function fetchBeside({ run, epochs }, address, weights) {
  const at = epochs.indexOf(Number(address.split("/")[3]));
  if (weights.length > LIGHT) return;
  for (const near of [epochs[at - 1], epochs[at + 1]]) if (near !== undefined) weightsAt(`${run}/${near}`).catch(() => {}); // asked for again when needed
}
