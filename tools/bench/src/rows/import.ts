import type { Bench, Context } from '../bench.js';
import { rowRate } from '../bench.js';
import type { Figure } from '../figure.js';
import { importToPredicted, type ImportRun } from '../import-to-predicted.js';
import { sumOf } from '../apps/cost-watch.js';
import { median } from '../percentile.js';

export const importing: Bench = {
  name: 'import',
  about: 'recorded rows to predictions and learning: all apps, embedded log, CSV and JSON lines',
  run: async function* (context) {
    yield* await formatFigures(context, 'CSV', context.csv(), 1_000_000);
    yield* await formatFigures(context, 'JSON lines', context.jsonLines(), 800_000);
  },
};

async function formatFigures(
  context: Context,
  format: string,
  files: readonly string[],
  atLeast: number,
): Promise<Figure[]> {
  const runs: ImportRun[] = [];
  const rounds = context.quick ? 1 : 3;
  for (let round = 1; round <= rounds; round++) {
    context.say(`import ${format}, round ${round} of ${rounds}`);
    runs.push(await importToPredicted(files, context.folder));
  }
  const rate = median(runs.map(({ rowsPerSecond }) => rowsPerSecond));
  const run = runs.find(({ rowsPerSecond }) => rowsPerSecond === rate) ?? runs[0];
  const name = `import → predicted, ${format}`;
  return [
    rowRate(context, name, rate, {
      atLeast,
      cpuSeconds: sumOf(run.cost.cpuSeconds),
      peakMegabytes: run.cost.peakMegabytes,
    }),
    ...importCosts(name, run),
    { name: `${name}: most memory of all processes`, value: run.cost.peakMegabytes, unit: 'MB', atMost: 700 },
    { name: `${name}: of it not pages of the log`, value: run.cost.peakOwnMegabytes, unit: 'MB' },
  ];
}

/** CPU time by process: unlike the rate it can be told on a machine that others use too. */
function importCosts(name: string, { rows, cost }: ImportRun): Figure[] {
  const millions = rows / 1e6;
  const unit = 's/million';
  return [
    { name: `${name}: CPU of all processes`, value: sumOf(cost.cpuSeconds) / millions, unit, atMost: 2 },
    ...Object.entries(cost.cpuSeconds).map(([process, seconds]) => ({
      name: `${name}: CPU of ${process}`,
      value: seconds / millions,
      unit,
    })),
  ];
}
