/* All maps of a layer in the panel, where the columns have room for a few: each unfolds in its turn. */

import { element } from "../js/elements.js";
import { describe } from "./blocks.js";
import { paintSigned } from "./paint.js";

/** Every map of the block `x`, with the block's scale. */
export function sheetView(state, open, x) {
  const { value, shape } = state.blocks[x], maps = shape[2];
  const view = element("div", "view sheet");
  const tiles = Array.from({ length: maps }, (_, number) => {
    const tile = element("button", "tile");
    tile.append(element("canvas"));
    tile.addEventListener("click", () => state.unfold({ value, number }));
    return tile;
  });
  view.append(...tiles);
  open.paint = () =>
    tiles.forEach((tile, map) => {
      paintSigned(tile.firstChild, state.network.values[value], shape, state.blocks[x].limit, { map, maps });
      tile.setAttribute("aria-label", describe(state, x, map));
    });
  return view;
}
