import { closeSync, copyFileSync, openSync, readSync, truncateSync, mkdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Bench, Context } from '../bench.js';
import { rowRate } from '../bench.js';
import type { Figure } from '../figure.js';
import { sumOf } from '../apps/cost-watch.js';
import { fanOut } from '../fan-out/fan-out.js';
import { importToPredicted } from '../import-to-predicted.js';
import { manyDevices } from '../many-devices.js';

/** Whether what a row, a device or a subscriber costs stays what it is when there are more of them. */
export const growth: Bench = {
  name: 'growth',
  about: 'the same work grown: rows, devices, subscribers',
  run: async function* (context) {
    yield* await byRows(context);
    yield* byDevices(context);
    yield* await bySubscribers(context);
  },
};

async function byRows(context: Context): Promise<Figure[]> {
  const most = 2 * context.rows;
  const figures: Figure[] = [];
  for (const share of context.quick ? [0.1, 1] : [0.1, 0.2, 0.5, 1]) {
    const files = share === 1 ? context.csv() : beginnings(context, share);
    const millions = (share * most) / 1e6;
    context.say(`import of ${millions} M rows`);
    const { rows, rowsPerSecond, cost } = await importToPredicted(files, context.folder);
    const cpuSeconds = sumOf(cost.cpuSeconds);
    const more = { size: rows, cpuSeconds, peakMegabytes: cost.peakMegabytes };
    figures.push(rowRate(context, `import of ${millions} M rows`, rowsPerSecond, more));
  }
  const [least, last] = [figures[0], figures[figures.length - 1]].map(
    ({ cpuSeconds = NaN, size = NaN }) => cpuSeconds / size,
  );
  return [
    ...figures,
    { name: 'CPU of a row: the most rows beside the fewest', value: last / least, unit: '×', atMost: 1.2 },
  ];
}

/** The recording's first rows. */
function beginnings({ csv, folder }: Context, share: number): string[] {
  const to = join(folder, `beginning-${share}`);
  mkdirSync(to);
  return csv().map((path) => {
    const copy = join(to, basename(path));
    copyFileSync(path, copy);
    truncateSync(copy, endOfLine(path, Math.floor(share * statSync(path).size)));
    return copy;
  });
}

/** Behind the line in which a byte of a file lies. */
function endOfLine(path: string, position: number): number {
  const file = openSync(path, 'r');
  const bytes = Buffer.alloc(4096);
  const read = readSync(file, bytes, 0, bytes.length, position);
  closeSync(file);
  return position + bytes.subarray(0, read).indexOf('\n') + 1;
}

function byDevices({ quick, say }: Context): Figure[] {
  return [10, 100, 1000, ...(quick ? [] : [10_000])].flatMap((devices) => {
    say(`${devices} devices in the windower`);
    const { rowsPerSecond, stateBytes } = manyDevices(devices, quick ? 300_000 : 2_000_000);
    return [
      { name: `windower, ${devices} devices`, value: rowsPerSecond, unit: 'rows/s', size: devices },
      {
        name: `windower, ${devices} devices: state of each`,
        value: stateBytes / devices / 1024,
        unit: 'KiB',
        size: devices,
      },
    ];
  });
}

async function bySubscribers({ quick, say, folder }: Context): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const subscribers of quick ? [10, 1000] : [10, 100, 1000, 10_000]) {
    say(`${subscribers} subscribers`);
    const part = await fanOut({ subscribers, rate: 1000, seconds: quick ? 2 : 6, stalled: 0 }, folder);
    const p99 = part.find(({ name }) => name.endsWith('p99'));
    if (p99 !== undefined) figures.push({ ...p99, size: subscribers });
  }
  return figures;
}
