// A landscape between measured heights, and three ways down it: plain gradient descent, momentum, Adam.

export const STEPS = 120;
const FRICTION = 0.9, MEAN = 0.9, SPREAD = 0.999, LITTLE = 1e-7; // the usual ones of Keras

/**
 * @typedef {{ x0: number, y0: number, step: number, columns: number, rows: number, heights: number[], logs?: number[] }} Land
 * @typedef {[number, number]} Place
 */

/**
 * Height and slopes at a place: e to the bicubic surface through the logarithms of the measured heights (Catmull and Rom
 * 1974), which stays above zero beside a cliff.
 * @param {Land} land
 * @param {Place} place
 */
export function heightAt(land, [x, y]) {
  const { x0, y0, step, columns, rows } = land;
  const logs = (land.logs ??= land.heights.map(Math.log));
  const across = Math.min(columns - 1.000001, Math.max(0, (x - x0) / step));
  const along = Math.min(rows - 1.000001, Math.max(0, (y - y0) / step));
  const [column, row] = [Math.floor(across), Math.floor(along)];
  const height = (/** @type {number} */ i, /** @type {number} */ j) =>
    logs[Math.min(rows - 1, Math.max(0, i)) * columns + Math.min(columns - 1, Math.max(0, j))];
  const [t, u] = [across - column, along - row];
  const lines = [-1, 0, 1, 2].map((i) => cubic([-1, 0, 1, 2].map((j) => height(row + i, column + j)), t));
  const upward = cubic(lines.map((line) => line[0]), u);
  const sideways = cubic(lines.map((line) => line[1]), u);
  const here = Math.exp(upward[0]);
  return { height: here, slope: /** @type {Place} */ ([(here * sideways[0]) / step, (here * upward[1]) / step]) };
}

// Value and derivative, between the second and the third of four equally distant values.
function cubic(/** @type {number[]} */ [a, b, c, d], /** @type {number} */ t) {
  const [m, n] = [(c - a) / 2, (d - b) / 2];
  const [second, third] = [3 * (c - b) - 2 * m - n, 2 * (b - c) + m + n];
  return [b + t * (m + t * (second + t * third)), m + t * (2 * second + 3 * t * third)];
}

/** @type {Record<string, () => (slope: Place, rate: number) => Place>} */
export const OPTIMIZERS = {
  SGD: () => (slope, rate) => [-rate * slope[0], -rate * slope[1]],
  momentum: () => {
    /** @type {Place} */
    let speed = [0, 0];
    return (slope, rate) => (speed = [FRICTION * speed[0] - rate * slope[0], FRICTION * speed[1] - rate * slope[1]]);
  },
  Adam: () => {
    const mean = [0, 0], square = [0, 0];
    let step = 0;
    return (slope, rate) => {
      step++;
      const by = [0, 1].map((axis) => {
        mean[axis] = MEAN * mean[axis] + (1 - MEAN) * slope[axis];
        square[axis] = SPREAD * square[axis] + (1 - SPREAD) * slope[axis] ** 2;
        const corrected = (rate * Math.sqrt(1 - SPREAD ** step)) / (1 - MEAN ** step);
        return (-corrected * mean[axis]) / (Math.sqrt(square[axis]) + LITTLE);
      });
      return /** @type {Place} */ (by);
    };
  },
};

/**
 * The places that an optimizer leads to, the start first; whoever leaves the picture has arrived nowhere.
 * @param {string} name
 * @param {Land} land
 * @param {Place} start
 * @param {number} rate
 */
export function way(name, land, start, rate) {
  const move = OPTIMIZERS[name]();
  const places = [start];
  for (let step = 0; step < STEPS; step++) {
    const [x, y] = places[step];
    if (!inside(land, [x, y])) break;
    const [dx, dy] = move(heightAt(land, [x, y]).slope, rate);
    places.push([x + dx, y + dy]);
  }
  return places;
}

/**
 * @param {Land} land
 * @param {Place} place
 */
export const inside = ({ x0, y0, step, columns, rows }, [x, y]) =>
  x >= x0 && y >= y0 && x <= x0 + step * (columns - 1) && y <= y0 + step * (rows - 1);
