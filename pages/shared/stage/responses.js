/* The histogram of all responses, in the colours of the output's display. */

const BINS = 72;

function drawHistogram(canvas, counts, low, high, scale, marked, ink) {
  const ratio = window.devicePixelRatio || 1;
  const box = canvas.getBoundingClientRect();
  if (!box.width) return;
  const [width, height] = [Math.round(box.width * ratio), Math.round(box.height * ratio)];
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const context = canvas.getContext("2d");
  context.clearRect(0, 0, width, height);
  const tallest = Math.sqrt(Math.max(...counts)) || 1; // square root: rare responses stay visible
  const ground = height - 4 * ratio;
  const step = width / counts.length;
  const place = (value) => (high > low ? ((value - low) / (high - low)) * width : width / 2);
  counts.forEach((count, bin) => {
    const value = low + ((bin + 0.5) / counts.length) * (high - low);
    const bar = Math.max(count ? ratio : 0, (Math.sqrt(count) / tallest) * (ground - 2 * ratio));
    context.fillStyle = css(scale.colour(value));
    context.fillRect(bin * step, ground - bar, Math.max(1, step), bar);
    context.fillStyle = ink;
    context.globalAlpha = 0.45;
    if (bar) context.fillRect(bin * step, ground - bar - ratio / 2, Math.max(1, step), ratio / 2);
    context.globalAlpha = 1;
  });
  context.fillStyle = ink;
  context.globalAlpha = 0.5;
  context.fillRect(0, ground, width, ratio);
  if (low < 0 && high > 0) context.fillRect(place(0) - ratio / 2, 0, ratio, height);
  context.globalAlpha = 1;
  if (marked === null) return;
  const x = Math.min(width - 3 * ratio, Math.max(3 * ratio, place(marked)));
  context.fillStyle = getComputedStyle(canvas).getPropertyValue("--st-primary-color") || "#0f6e66";
  context.beginPath();
  context.moveTo(x, ground - 5 * ratio);
  context.lineTo(x + 5 * ratio, height);
  context.lineTo(x - 5 * ratio, height);
  context.fill();
}
