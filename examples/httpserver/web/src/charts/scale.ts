/**
 * Returns the marks of an axis from 0 to at least max: whole numbers at round
 * distances, five at most besides 0.
 */
export function ticks(max: number): number[] {
  if (!(max > 0) || !Number.isFinite(max)) {
    return [0, 1];
  }

  const rough = max / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(([1, 2, 5, 10].find((n) => n * power >= rough) ?? 10) * power, 1);
  const marks = [];

  for (let mark = 0; mark < max + step; mark += step) {
    marks.push(mark);
  }

  return marks;
}
