import { setTimeout as sleep } from 'node:timers/promises';
import { RunningApps } from '../apps/running-apps.js';
import type { Bench, Context } from '../bench.js';
import { importInto } from '../import-to-predicted.js';
import { median } from '../percentile.js';

const LOOK_EVERY_MS = 100;

interface Round {
  readonly rowsPerSecond: number;
  /** Of ingest, for each million rows, until the reports have caught up. */
  readonly ingestSeconds: number;
}

export const reports: Bench = {
  name: 'reports',
  about: 'what all built-in reports together cost an import',
  run: async function* (context) {
    const on: Round[] = [];
    const off: Round[] = [];
    const rounds = context.quick ? 1 : 3;
    for (let round = 1; round <= rounds; round++) {
      context.say(`import with and without reports, round ${round} of ${rounds}`);
      off.push(await importWith(context, 'none'));
      on.push(await importWith(context, 'builtin'));
    }
    const rate = (of: readonly Round[]) => median(of.map(({ rowsPerSecond }) => rowsPerSecond));
    const seconds = (of: readonly Round[]) => median(of.map(({ ingestSeconds }) => ingestSeconds));
    const reference = 'the same without reports';
    yield {
      name: 'import → predicted, CSV, with all reports',
      value: rate(on),
      unit: 'rows/s',
      ratio: rate(on) / rate(off),
      reference,
    };
    yield {
      name: 'throughput that all reports cost',
      value: 100 * (1 - rate(on) / rate(off)),
      unit: '%',
      atMost: 15,
    };
    yield {
      name: 'CPU of ingest until the reports have caught up',
      value: seconds(on),
      unit: 's/million',
      ratio: seconds(on) / seconds(off),
      reference,
    };
  },
};

async function importWith({ csv, folder }: Context, reports: 'none' | 'builtin'): Promise<Round> {
  const apps = await RunningApps.start(folder, { settings: { HARK_REPORTS: reports } });
  try {
    const watch = apps.watch();
    const { rows, rowsPerSecond } = await importInto(apps, csv());
    while ((await reportLag(apps)) > 0) await sleep(LOOK_EVERY_MS);
    return { rowsPerSecond, ingestSeconds: (watch.end().cpuSeconds['ingest'] * 1e6) / rows };
  } finally {
    await apps.stop();
  }
}

/** Records that the reports have not taken, in all. */
async function reportLag(apps: RunningApps): Promise<number> {
  const metrics = await (await fetch(`${apps.url('ingest')}/metrics`)).text();
  return [...metrics.matchAll(/^hark_report_lag_records\{[^}]*\} (\d+)/gm)].reduce(
    (sum, [, lag]) => sum + Number(lag),
    0,
  );
}
