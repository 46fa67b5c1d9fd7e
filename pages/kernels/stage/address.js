/* The state as short text for the URL: only what differs from the defaults. pages/kernels/state.py reads it back.

   kernel_sobel-x.3_color_gray_stride_2_at_5.7 : a name, its value or values, and so on. A kernel is a name and a size,
   or its weights row by row; of a
   filter whose channels differ, channel after channel. */

import { nameOf } from "./named.js";

const ADDRESS_KEY = "kernels.stage";

function kernelText(state, named) {
  const [first, ...others] = state.kernels;
  const alike = others.every((kernel) => kernel.every((weight, at) => weight === first[at]));
  const name = alike && nameOf(named, first)?.name;
  if (name) return `${name}.${Math.round(Math.sqrt(first.length))}`;
  return (alike ? [first] : state.kernels).map((kernel) => Array.from(kernel, String).join("_")).join("_");
}

export function addressText(state, defaults, named) {
  const parts = [];
  const kernel = kernelText(state, named);
  if (kernel !== kernelText(defaults, named)) parts.push("kernel", kernel);
  for (const key of ["color", "stride", "padding", "custom", "dilation", "border", "bias", "relu", "flip", "display"]) {
    const value = typeof state[key] === "boolean" ? Number(state[key]) : state[key];
    if (state[key] !== defaults[key]) parts.push(key === "custom" ? "pad" : key, value); // "custom" is a value of padding
  }
  if (state.row !== defaults.row || state.column !== defaults.column) parts.push("at", `${state.row}.${state.column}`);
  return parts.join("_");
}

/* Into the address bar at once, without a new entry in the browser's history. */
export function writeAddress(text) {
  const query = new URLSearchParams(window.location.search);
  if (text) query.set(ADDRESS_KEY, text);
  else query.delete(ADDRESS_KEY);
  const search = query.toString();
  window.history.replaceState(window.history.state, "", window.location.pathname + (search ? `?${search}` : ""));
}

export function readAddress() {
  return new URLSearchParams(window.location.search).get(ADDRESS_KEY) ?? "";
}
