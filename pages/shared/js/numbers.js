/* Numbers as a visitor reads them. */

/**
 * With a true minus sign.
 * @param {string} text
 */
export const signed = (text) => text.replaceAll("-", "−");

/**
 * With so many digits behind the point, and no minus before zeros alone.
 * @param {number} value
 * @param {number} digits
 */
export const fixed = (value, digits) => signed(value.toFixed(digits).replace(/^-(?=0\.?0*$)/, ""));

/** @param {number} value */
export const grouped = (value) => value.toLocaleString("en");

/**
 * With what is counted; `things` where its plural takes more than an s.
 * @param {number} count
 * @param {string} thing
 */
export const counted = (count, thing, things = `${thing}s`) => `${grouped(count)} ${count === 1 ? thing : things}`;

/** @param {number} share */
export const percent = (share) => (Number.isFinite(share) ? `${(share * 100).toFixed(1)} %` : "–");

/** @param {number} loss */
export const lossText = (loss) => (Number.isFinite(loss) ? (loss < 1000 ? loss.toFixed(3) : loss.toExponential(1)) : "–");

/**
 * A probability, which softmax makes neither 0 nor 1: what is rounded to one of them is not.
 * @param {number} share
 */
export function wholePercent(share) {
  if (share < 0.005) return "< 1 %";
  return share >= 0.995 ? "> 99 %" : `${Math.round(100 * share)} %`;
}

/**
 * Short text of a number: so many digits behind the point, or significant ones of what is below 1; a true minus sign.
 * @param {number} value
 */
export function brief(value, digits = 3) {
  if (value === 0 || Math.abs(value) < 1e-12) return "0";
  const size = Math.abs(value);
  let text;
  if (size >= 1e5 || size < 0.0005) text = value.toExponential(1).replace("e+", "e");
  else if (size >= 100) text = String(Math.round(value * 10) / 10);
  else text = String(Number(value.toFixed(digits - Math.min(0, Math.floor(Math.log10(size)) + 1))));
  return signed(text);
}

/**
 * The position of the largest of some numbers.
 * @param {number[]} values
 */
export const largestAt = (values) => values.indexOf(Math.max(...values));
