// What a layer costs, as short text.

import { grouped } from "../../shared/js/numbers.js";

export const shapeText = (shape) => (shape ? shape.map(grouped).join(" × ") : "");

export function short(value) {
  if (value >= 1e6) return `${(value / 1e6).toFixed(value >= 1e8 ? 0 : 1)} M`;
  if (value >= 1e4) return `${(value / 1e3).toFixed(0)} k`;
  return grouped(value);
}

export function bytes(value) {
  if (value >= 1e6) return `${(value / 1e6).toFixed(1)} MB`;
  return value >= 1000 ? `${(value / 1000).toFixed(value >= 1e4 ? 0 : 1)} kB` : `${value} B`;
}
