/* How large the tiles are: as large as the window lets them be with all of them on it. */

const SMALLEST = 24, LARGEST = 72; // CSS pixels of a tile's side: a finger's least, and enough

export function arrange(state) {
  const { root, stage, columns, blocks } = state;
  const layers = blocks.slice(1);
  root.style.setProperty("--tile", "24px");
  for (const block of layers) place(block, 4);
  const style = getComputedStyle(columns), gap = parseFloat(style.columnGap);
  const others = [...columns.children].filter((column) => !column.classList.contains("block"));
  const fixed = others.reduce((sum, column) => sum + column.getBoundingClientRect().width, 0);
  const width = stage.clientWidth - fixed - gap * (columns.children.length - 1);
  const titles = Math.max(...layers.map(({ column }) => column.firstChild.getBoundingClientRect().height), 0);
  const below = columns.querySelector(".more")?.getBoundingClientRect().height ?? 0;
  const height = stage.clientHeight - titles - below - 6;
  const words = layers.map(({ column }) => least(column.firstChild));
  const found = best(layers, words, width, height);
  for (const block of layers) place(block, found.rows);
  const ratio = window.devicePixelRatio || 1, side = Math.floor(found.tile * ratio);
  for (const { plate, maps, rows, shape } of layers) plate.lay(maps.length, rows, side, Math.round(ratio), shape);
  root.style.setProperty("--tile", `${side / ratio / parseFloat(getComputedStyle(document.documentElement).fontSize)}rem`);
}

function place(block, rows) {
  block.rows = Math.min(rows, block.maps.length);
  block.tiles.style.setProperty("--rows", block.rows);
}

/* The width that a title needs at least. */
const least = (title) => Math.max(...[...title.children].map((words) => words.scrollWidth));

/* The rows that leave the tiles largest. */
function best(layers, words, width, height) {
  let found = { rows: 16, tile: SMALLEST };
  const most = Math.max(...layers.map(({ maps }) => maps.length), 1);
  for (let rows = 1; rows <= Math.min(most, 24); rows++) {
    const counts = layers.map(({ maps }) => Math.ceil(maps.length / rows));
    let tile = Math.min(height / rows, LARGEST);
    const wide = () => counts.reduce((sum, count, at) => sum + Math.max(count * tile, words[at]), 0);
    while (tile > SMALLEST && wide() > width) tile -= 0.5;
    if (tile > found.tile && wide() <= width) found = { rows, tile };
  }
  return found;
}
