/* Three channels: their partial maps, and for a filter the one map they add up to. */

import { PixelCanvas } from "./canvas.js";
import { paint, scaleFor, thinned } from "./scales.js";
import { CHANNELS } from "../../shared/js/colors.js";
import { element } from "../../shared/js/elements.js";
import { brief } from "../../shared/js/numbers.js";

export const LARGEST_PARTIAL = 220; // CSS pixels

export class Partials {
  constructor(root) {
    this.root = root;
    this.room = 100;
    this.parts = [...CHANNELS, "sum"].map((name, at) => {
      const sign = root.appendChild(element("span", "sign", at < 3 ? "+" : "="));
      const figure = root.appendChild(element("figure"));
      const frame = figure.appendChild(element("div", "frame", "", { role: "img" }));
      if (at < 3) figure.dataset.channel = at;
      const caption = figure.appendChild(element("figcaption"));
      return { sign, figure, caption, picture: new PixelCanvas(frame), name };
    });
  }

  /* response: see respond in arithmetic.js; size: the output's height and width, also where the response is a coarse preview. */
  show({ maps, results, height, width, range, mapRanges }, size, added) {
    this.root.hidden = maps.length < 3;
    if (this.root.hidden) return;
    const shown = added ? [...maps, results[0]] : maps;
    const ranges = added ? [...mapRanges, range] : mapRanges;
    const scale = scaleFor("signed", Math.min(...ranges.map(([low]) => low)), Math.max(...ranges.map(([, high]) => high)));
    this.parts.forEach(({ sign, figure, caption, picture, name }, at) => {
      figure.hidden = at >= shown.length;
      sign.hidden = at === 0 || figure.hidden;
      sign.style.visibility = added ? "visible" : "hidden";
      if (figure.hidden) return;
      const thin = thinned(shown[at], height, width, LARGEST_PARTIAL);
      picture.show(paint([thin.map], thin.height, thin.width, scale), size[1], size[0]);
      const [least, most] = ranges[at];
      const sum = "their sum, bias and ReLU: the feature map";
      const what = at === 3 ? sum : added ? `${name}: its own kernel` : name;
      caption.textContent = `${what}. min ${brief(least)}, max ${brief(most)}`;
      picture.frame.setAttribute("aria-label", caption.textContent);
    });
  }

  fit(room) {
    for (const { picture } of this.parts) picture.fit(room);
  }

  mark(row, column, color) {
    if (this.root.hidden) return;
    for (const { picture, figure } of this.parts) {
      if (!figure.hidden) picture.outline(picture.begin(), column, row, 1, 1, color);
    }
  }
}
