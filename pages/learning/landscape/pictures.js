// The landscape as a map seen from above, and as a hill seen from the side; both draw the same ways.

import { penOn, spotOn } from "../../shared/js/pen.js";
import { contour } from "./contours.js";
import { heightAt, inside } from "./ways.js";

const LEVELS = 14;

/** Where a height lies between the lowest and the highest that is told apart, 0 to 1, in equal ratios. */
const shareOf = ({ low, high }, height) => Math.min(1, Math.max(0, Math.log(height / low) / Math.log(high / low)));

/** The color of a height: from the paper towards the ink; the valley is light. */
function colorOf(look, share, light = 1) {
  return look.paper.map((from, at) => (from + (look.ink[at] - from) * (0.03 + 0.5 * share)) * light);
}

function heightOf({ low, high }, share) {
  return low * (high / low) ** share;
}

/** The part of a canvas of this size that the map fills, its unit the same both ways. */
function frameOf(land, width, height) {
  const [wide, tall] = [land.step * (land.columns - 1), land.step * (land.rows - 1)];
  const unit = Math.min(width / wide, height / tall);
  const [left, top] = [(width - unit * wide) / 2, 0];
  return {
    unit, left, top,
    x: (value) => left + (value - land.x0) * unit,
    y: (value) => top + (land.y0 + tall - value) * unit,
    back: ([x, y]) => [land.x0 + (x - left) / unit, land.y0 + tall - (y - top) / unit],
  };
}

/** Draws the map; returns the function that tells which place of the land an event on the canvas is at. */
export function drawMap(canvas, land, look, ways) {
  const { pen, width, height } = penOn(canvas), frame = frameOf(land, width, height);
  const placeOf = (event) => frame.back(spotOn(canvas, event));
  if (!width) return placeOf;
  ground(pen, land, look, frame);
  lines(pen, land, look, frame);
  for (const each of ways) trail(pen, look, each, (place) => [frame.x(place[0]), frame.y(place[1])], land);
  return placeOf;
}

// Every pixel of a small picture is a height; the browser makes it smooth.
function ground(pen, land, look, frame) {
  const fine = 4;
  const [columns, rows] = [(land.columns - 1) * fine + 1, (land.rows - 1) * fine + 1];
  if (look.ground?.of !== land || look.ground.theme !== String(look.paper)) {
    const image = new ImageData(columns, rows);
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        /** @type {import("./ways.js").Place} */
        const place = [land.x0 + (column * land.step) / fine, land.y0 + ((rows - 1 - row) * land.step) / fine];
        const share = shareOf(land, heightAt(land, place).height);
        image.data.set([...colorOf(look, Math.round(share * LEVELS) / LEVELS), 255], 4 * (row * columns + column));
      }
    }
    const made = document.createElement("canvas");
    Object.assign(made, { width: columns, height: rows });
    made.getContext("2d")?.putImageData(image, 0, 0);
    look.ground = { of: land, theme: String(look.paper), made };
  }
  pen.imageSmoothingEnabled = true;
  pen.drawImage(look.ground.made, frame.left, frame.top, frame.unit * land.step * (land.columns - 1), frame.unit * land.step * (land.rows - 1));
}

function lines(pen, land, look, frame) {
  pen.lineWidth = 1;
  pen.strokeStyle = pen.fillStyle = `rgb(${look.ink})`;
  pen.font = `14px ${look.font}`;
  const taken = [];
  for (let level = 1; level < LEVELS; level += 2) {
    const height = heightOf(land, level / LEVELS);
    const pieces = contour(land, height);
    pen.globalAlpha = 0.35;
    pen.beginPath();
    for (const [from, to] of pieces) {
      pen.moveTo(frame.x(from[0]), frame.y(from[1]));
      pen.lineTo(frame.x(to[0]), frame.y(to[1]));
    }
    pen.stroke();
    pen.globalAlpha = 0.8;
    label(pen, frame, pieces, height < 10 ? height.toFixed(2) : height.toFixed(0), land, taken);
  }
  pen.globalAlpha = 1;
}

// A line's height, where it comes closest to the lower edge; none where another stands already.
function label(pen, frame, pieces, words, land, taken) {
  const wanted = [land.x0 + land.step * land.columns * 0.62, land.y0];
  const far = ([x, y]) => (x - wanted[0]) ** 2 + (y - wanted[1]) ** 2;
  const nearest = pieces.reduce((best, piece) => (!best || far(piece[0]) < far(best) ? piece[0] : best), null);
  if (!nearest) return;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  const [x, y] = [frame.x(nearest[0]), Math.min(frame.y(nearest[1]), frame.y(land.y0) - 9)];
  if (taken.some((other) => Math.abs(other[0] - x) < 44 && Math.abs(other[1] - y) < 20)) return;
  taken.push([x, y]);
  pen.fillText(words, x, y);
}

// A way as a line with a mark at its head, or with a dot for every place.
function trail(pen, look, { places, color, mark, dots, chosen }, spot, land) {
  const points = places.filter((place) => inside(land, place)).map((place) => spot(place).slice(0, 2));
  if (!points.length) return;
  pen.strokeStyle = pen.fillStyle = color;
  pen.lineWidth = 2.5;
  pen.lineJoin = "round";
  pen.beginPath();
  for (const [x, y] of points) pen.lineTo(x, y);
  pen.stroke();
  if (dots) points.forEach(([x, y], at) => shape(pen, look, "●", x, y, at === chosen ? 7 : 3.5));
  else shape(pen, look, mark, ...points[points.length - 1], 7);
}

function shape(pen, look, mark, x, y, size) {
  pen.beginPath();
  if (mark === "■") pen.rect(x - size, y - size, 2 * size, 2 * size);
  else if (mark === "▲") pen.moveTo(x, y - 1.3 * size), pen.lineTo(x + 1.2 * size, y + size), pen.lineTo(x - 1.2 * size, y + size), pen.closePath();
  else pen.arc(x, y, size, 0, 7);
  pen.fill();
  pen.lineWidth = 1.5;
  pen.strokeStyle = `rgb(${look.paper})`;
  pen.stroke();
}

export function drawHill(canvas, land, look, ways, { turn, tilt }) {
  const { pen, width, height } = penOn(canvas);
  if (!width) return;
  const [wide, tall] = [land.step * (land.columns - 1), land.step * (land.rows - 1)];
  const size = Math.min(width, height * 1.25) / Math.hypot(wide, tall);
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
  const lift = 0.55 * Math.hypot(wide, tall) * size * Math.cos(tilt);
  const project = ([x, y], share) => {
    const [across, along] = [x - land.x0 - wide / 2, y - land.y0 - tall / 2];
    const depth = across * sin + along * cos;
    return [width / 2 + size * (across * cos - along * sin), height * 0.62 - size * depth * Math.sin(tilt) - lift * (share - 0.35), depth];
  };
  for (const face of faces(land, project)) {
    pen.fillStyle = pen.strokeStyle = `rgb(${colorOf(look, face.share, face.light).map(Math.round)})`;
    pen.lineWidth = 0.7;
    pen.beginPath();
    for (const [x, y] of face.corners) pen.lineTo(x, y);
    pen.closePath();
    pen.fill();
    pen.stroke();
  }
  for (const each of ways) trail(pen, look, each, (place) => project(place, shareOf(land, heightAt(land, place).height) + 0.01), land);
}

// The squares of the grid, the farthest first; those that rise to the right are darker.
function faces(land, project) {
  const made = [];
  const at = (row, column) => {
    const share = shareOf(land, land.heights[row * land.columns + column]);
    return [...project([land.x0 + column * land.step, land.y0 + row * land.step], share), share];
  };
  const points = Array.from({ length: land.rows }, (_, row) => Array.from({ length: land.columns }, (_, column) => at(row, column)));
  for (let row = 0; row + 1 < land.rows; row++) {
    for (let column = 0; column + 1 < land.columns; column++) {
      const corners = [points[row][column], points[row][column + 1], points[row + 1][column + 1], points[row + 1][column]];
      const slope = corners[1][3] - corners[0][3] + corners[2][3] - corners[3][3];
      const depth = corners.reduce((sum, corner) => sum + corner[2], 0);
      made.push({ corners, depth, share: corners.reduce((sum, corner) => sum + corner[3], 0) / 4, light: 1 - Math.min(0.12, Math.max(-0.05, slope * 2)) });
    }
  }
  return made.sort((one, other) => other.depth - one.depth);
}
