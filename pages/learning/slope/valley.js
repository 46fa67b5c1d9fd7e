// A curve that was measured at equal distances: its height and slope anywhere between, and the way a rate takes down it.

const STEPS = 40;

/**
 * @typedef {{ low: number, high: number, losses: number[] }} Valley
 */

/**
 * Height and slope of the curve at a place: between two measured points, the cubic through them with the slopes that
 * their neighbors suggest (Catmull and Rom 1974).
 * @param {Valley} valley
 * @param {number} place from low to high
 */
export function heightAt({ low, high, losses }, place) {
  const last = losses.length - 1;
  const width = (high - low) / last;
  const along = Math.min(last, Math.max(0, (place - low) / width));
  const left = Math.min(last - 1, Math.floor(along));
  const t = along - left;
  const rise = (/** @type {number} */ at) => (losses[Math.min(last, at + 1)] - losses[Math.max(0, at - 1)]) / (Math.min(last, at + 1) - Math.max(0, at - 1));
  const [y0, y1, m0, m1] = [losses[left], losses[left + 1], rise(left), rise(left + 1)];
  const height = y0 + t * (m0 + t * (3 * (y1 - y0) - 2 * m0 - m1 + t * (2 * (y0 - y1) + m0 + m1)));
  const slope = m0 + t * (2 * (3 * (y1 - y0) - 2 * m0 - m1) + t * 3 * (2 * (y0 - y1) + m0 + m1));
  return { height, slope: slope / width };
}

/**
 * The places that steps against the slope lead to, the start first; a step that leaves the picture is the last.
 * @param {Valley} valley
 * @param {number} start
 * @param {number} rate
 */
export function walk(valley, start, rate) {
  const places = [start];
  for (let step = 0; step < STEPS; step++) {
    const place = places[step];
    if (place < valley.low || place > valley.high) break;
    places.push(place - rate * heightAt(valley, place).slope);
  }
  return places;
}

/**
 * The rate at which one step would reach the bottom of a parabola as steep and as bent as this curve.
 * @param {Valley} valley
 * @param {number} start
 */
export function naturalRate(valley, start) {
  const { low, high, losses } = valley;
  const lowest = low + ((high - low) * losses.indexOf(Math.min(...losses))) / (losses.length - 1);
  const { slope } = heightAt(valley, start);
  return Math.max(Math.abs(lowest - start), (high - low) / 50) / Math.max(Math.abs(slope), 1e-9);
}

/**
 * What becomes of the way: "crawls", "falls", "jumps" over the valley, "climbs" out of it; "rests" where it is flat.
 * @param {Valley} valley
 * @param {number[]} places
 */
export function verdict(valley, places) {
  const { low, high } = valley;
  const last = places[places.length - 1];
  const height = (/** @type {number} */ place) => heightAt(valley, place).height;
  const best = Math.min(...valley.losses);
  const drop = height(places[0]) - best;
  if (drop < 1e-6 || Math.abs(places[1] - places[0]) < 1e-9 * (high - low)) return "rests";
  if (last < low || last > high) return "climbs";
  const turns = places.slice(2, 12).filter((place, at) => (place - places[at + 1]) * (places[at + 1] - places[at]) < 0);
  if (turns.length >= 2) return "jumps";
  return height(places[Math.min(10, places.length - 1)]) - best > 0.5 * drop ? "crawls" : "falls";
}
