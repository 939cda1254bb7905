import type { ChartLine } from './line-chart.js';

/** Windows after which a score has settled enough to be shown in full. */
const SETTLED = 50;

/** From a round share below all that the lines show, once they have settled, to 1. */
export function accuracyRange(lines: readonly ChartLine[]): readonly [number, number] {
  const settled = lines.flatMap(({ at, values }) => values.filter((_, i) => at[i] >= SETTLED));
  const least = Math.min(...(settled.length > 0 ? settled : [0]));
  return [Math.min(0.9, Math.max(0, Math.floor(least * 10) / 10)), 1];
}
