// Lines of equal height through a grid of heights: marching squares.

/**
 * @param {import("./ways.js").Land} land
 * @param {number} level
 * @returns {[import("./ways.js").Place, import("./ways.js").Place][]} the pieces of the line
 */
export function contour({ x0, y0, step, columns, rows, heights }, level) {
  /** @type {[import("./ways.js").Place, import("./ways.js").Place][]} */
  const pieces = [];
  for (let row = 0; row + 1 < rows; row++) {
    for (let column = 0; column + 1 < columns; column++) {
      const at = row * columns + column;
      const corners = [[0, 0, heights[at]], [1, 0, heights[at + 1]], [1, 1, heights[at + columns + 1]], [0, 1, heights[at + columns]]];
      /** @type {import("./ways.js").Place[]} */
      const cuts = [];
      corners.forEach(([x, y, height], corner) => {
        const [nextX, nextY, next] = corners[(corner + 1) % 4];
        if ((height < level) === (next < level)) return;
        const share = (level - height) / (next - height);
        cuts.push([x0 + step * (column + x + share * (nextX - x)), y0 + step * (row + y + share * (nextY - y))]);
      });
      for (let cut = 0; cut + 1 < cuts.length; cut += 2) pieces.push([cuts[cut], cuts[cut + 1]]);
    }
  }
  return pieces;
}
