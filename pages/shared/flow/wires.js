/* The wires that are there: between the rows of two blocks faintly, those of the chosen map strongly, the strongest most. */

const SVG = "http://www.w3.org/2000/svg";
const MOST_LIT = 64;

/* Draws the faint ones anew. */
export function wire(state) {
  const { wires, columns, blocks, answer } = state;
  const box = columns.getBoundingClientRect();
  wires.setAttribute("viewBox", `0 0 ${box.width} ${box.height}`);
  const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
  wires.style.width = `${box.width / rem}rem`; // on paper all is so many rem wide again, see flow.css
  wires.style.height = `${box.height / rem}rem`;
  state.root.style.setProperty("--wide", String(Math.max(state.stage.scrollWidth, state.stage.clientWidth) / rem));
  state.root.style.setProperty("--tall", String(state.stage.clientHeight / rem));
  const lines = blocks.flatMap((block) => block.sources.map((from) => faint(mesh(blocks[from], block, box), "")));
  const head = edge(answer.block, "left", box);
  for (const from of state.data.headSources)
    for (const start of rowsOf(blocks[from], "right", box)) lines.push(faint(bend(start, head), "answer"));
  for (const row of answer.rows) lines.push(faint(bend(edge(answer.block, "right", box), edge(row.root, "left", box)), "answer"));
  wires.replaceChildren(...lines);
}

function mesh(source, block, box) {
  const starts = source.value ? rowsOf(source, "right", box) : [edge(source.maps[0], "right", box)];
  const ends = rowsOf(block, "left", box);
  return starts.flatMap((start, at) => (block.separate ? [bend(start, ends[Math.min(at, ends.length - 1)])] : ends.map((end) => bend(start, end)))).join("");
}

const MOST_ROWS = 8; // of a block with faint wires: more only cost time, whenever a map beside them changes

function rowsOf(block, side, box) {
  const every = Math.ceil(block.rows / MOST_ROWS);
  return block.maps.slice(0, block.rows).filter((_, row) => row % every === 0).map((map) => port(block.tiles, map, side, box));
}

/** Where a wire meets a block: at the height of one of its tiles. @returns {[number, number]} */
function port(tiles, map, side, box) {
  return [edge(tiles, side, box)[0], edge(map, side, box)[1]];
}

/** @returns {[number, number]} */
function edge(element, side, box) {
  const at = element.getBoundingClientRect();
  return [at[side] - box.left, at.top + at.height / 2 - box.top];
}

function bend([x1, y1], [x2, y2]) {
  const middle = (x1 + x2) / 2;
  return `M${x1} ${y1}C${middle} ${y1} ${middle} ${y2} ${x2} ${y2}`;
}

function faint(way, to) {
  const made = document.createElementNS(SVG, "path");
  made.setAttribute("d", way);
  if (to) made.dataset.to = to;
  return made;
}

/* Draws the chosen map's: as strong as the weights they stand for. */
export function light(state) {
  const { wires, blocks, chosen: [x, y], columns } = state;
  for (const old of [...wires.querySelectorAll(".lit")]) old.remove();
  const block = blocks[x], box = columns.getBoundingClientRect();
  if (!block.maps[y]) return;
  for (const from of block.sources) {
    const source = blocks[from], end = port(block.tiles, block.maps[y], "left", box);
    const ways = source.value ? lit(state, block, source, y) : [[0, 1]];
    for (const [map, strength] of ways) {
      const tile = source.maps[source.value ? map : 0];
      if (!tile) continue;
      const made = faint(bend(port(source.value ? source.tiles : tile, tile, "right", box), end), "");
      made.classList.add("lit");
      made.style.setProperty("--strength", strength.toFixed(2));
      wires.append(made);
    }
  }
}

/* The maps that a map is made of, each with its share of the strongest weights. */
function lit({ network }, block, source, y) {
  if (block.separate) return [[y, 1]];
  const [kernel] = network.weights[block.value - 1], filters = block.shape[2];
  const channels = network.shapes[network.steps[block.value - 1].inputs[0]][2];
  const sizes = new Float64Array(channels);
  for (let at = y, n = 0; at < kernel.length; at += filters, n++) sizes[n % channels] += kernel[at] ** 2;
  const most = Math.max(...sizes) || 1;
  return Array.from(sizes, (size, map) => [map, Math.sqrt(size / most)]).sort((one, other) => other[1] - one[1]).slice(0, MOST_LIT).filter(([map]) => map < source.maps.length);
}
