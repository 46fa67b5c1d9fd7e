/* What is to be said about a kernel: its name, if it has one, and what its sum does. */

/* The one of the `named` kernels, as Python lists them, that has exactly these weights; if there is one. */
export function nameOf(named, kernel) {
  const size = Math.round(Math.sqrt(kernel.length));
  return named.find(({ weights }) => weights[size]?.every((weight, at) => weight === kernel[at]));
}

/* What a kernel's sum does to the brightness of an even area. */
export function brightnessMeaning(total) {
  const shown = String(Number(total.toPrecision(4))).replace("-", "−");
  if (Math.abs(total - 1) < 1e-6) return "Sum 1: an even area keeps its brightness.";
  if (Math.abs(total) < 1e-6) return "Sum 0: an even area becomes zero; only changes are left.";
  if (total < 0) return `Sum ${shown}: an even area becomes negative.`;
  return `Sum ${shown}: an even area gets ${shown} times as bright.`;
}
