// The steps of a run as a curve: smoothed, and no more points than a screen shows.

// Exponential moving average that forgets over about `span` steps, however far apart the values at `steps` stand; free
// of the bias toward its start.
export function smoothed(values, steps, span) {
  if (span <= 1) return values;
  const keep = 1 - 2 / (span + 1);
  let sum = 0, weight = 0, before = 0;
  return values.map((value, at) => {
    if (!Number.isFinite(value)) return NaN;
    const kept = keep ** (steps[at] - before);
    before = steps[at];
    sum = kept * sum + (1 - kept) * value;
    weight = kept * weight + 1 - kept;
    return sum / weight;
  });
}

// At most `count` points: of each stretch the last one, so that the newest value is always there.
export function thinned(x, y, count = 1500) {
  if (x.length <= count) return [x, y];
  const every = Math.ceil(x.length / count);
  const keep = (_, at) => (x.length - 1 - at) % every === 0;
  return [x.filter(keep), y.filter(keep)];
}
