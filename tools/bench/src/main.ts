import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bareLoop } from './bare-loop.js';
import { FAN_OUT, fanOut } from './fan-out/fan-out.js';
import type { Figure } from './figure.js';
import { importToPredicted } from './import-to-predicted.js';
import { learnerCost } from './learner-cost.js';
import { parseRate, windowerRate } from './stages.js';
import { makeRecording } from './recording.js';

const HELP = `npm run bench [-- --rows N] [-- --quick] [-- --file ACC.csv --file GYRO.csv]

Measures Hark on this machine. Every rate is also given as a ratio to the bare single-thread loop over the same file
in the same run: ratios carry over to other machines, absolute figures do not.

  --rows N    rows of each sensor's file (default 1,000,000; --quick 200,000)
  --file F    a recording of your own instead of simulated ones; the first is the one the bare loop reads
  --quick     less work, rougher figures

node tools/bench/dist/main.js fan-out [--subscribers N] [--rate N] [--seconds N] [--stalled N]
measures subscribers alone.
`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rows: { type: 'string' },
      file: { type: 'string', multiple: true },
      quick: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  const rows = Number(values.rows ?? (values.quick ? 200_000 : 1_000_000));
  if (!Number.isInteger(rows) || rows < 1000)
    throw new Error(`--rows ${values.rows}: give a whole number from 1000`);
  const folder = mkdtempSync(join(tmpdir(), 'hark-bench-'));
  try {
    const files = values.file ?? makeRecording(folder, rows);
    const figures = await measure(files, folder);
    print(figures);
    save(figures, files);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(files: readonly string[], folder: string): Promise<Figure[]> {
  say('bare loop');
  bareLoop(files[0]);
  const bare = median(
    [bareLoop(files[0]), bareLoop(files[0]), bareLoop(files[0])].map((r) => r.rowsPerSecond),
  );
  const figures: Figure[] = [{ name: 'bare single-thread loop', value: bare, unit: 'rows/s' }];
  const against = (name: string, value: number) =>
    figures.push({ name, value, unit: 'rows/s', ratio: value / bare, reference: 'bare single-thread loop' });

  say('parse');
  against('parse CSV, one core', parseRate(files[0]));
  say('windower');
  against('windower, one core', windowerRate(files[0]));
  say('predict and learn');
  figures.push(...learnerCost());
  for (const round of [1, 2, 3]) {
    say(`import to predicted, round ${round} of 3`);
    const run = await importToPredicted(files, folder);
    against(`import → predicted, all apps (${round})`, run.rowsPerSecond);
    figures.push({ name: `peak memory of the three apps (${round})`, value: run.peakMegabytes, unit: 'MB' });
  }
  say('fan-out');
  figures.push(...(await fanOut(FAN_OUT, folder)));
  return figures;
}

function print(figures: readonly Figure[]): void {
  const width = Math.max(...figures.map(({ name }) => name.length));
  for (const { name, value, unit, ratio, reference } of figures) {
    const shown = value >= 1000 ? Math.round(value).toLocaleString('en') : value.toFixed(1);
    const compared = ratio === undefined ? '' : `${ratio.toFixed(2)} × ${reference}`;
    process.stdout.write(`${name.padEnd(width)}  ${shown.padStart(10)} ${unit.padEnd(8)}  ${compared}\n`);
  }
}

function save(figures: readonly Figure[], files: readonly string[]): void {
  const root = new URL('../../../', import.meta.url);
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root }).toString().trim();
  const machine = { cpu: cpus()[0]?.model, cores: cpus().length, memoryGB: Math.round(totalmem() / 1e9) };
  const lines = files.map((file) =>
    readFileSync(file).reduce((count, byte) => count + (byte === 10 ? 1 : 0), 0),
  );
  mkdirSync(new URL('bench/results/', root), { recursive: true });
  const name = `bench/results/${new Date().toISOString().replaceAll(':', '-').slice(0, 19)}.json`;
  const report = { commit, node: process.version, machine, linesOfFiles: lines, figures };
  writeFileSync(new URL(name, root), `${JSON.stringify(report, null, 2)}\n`);
  process.stdout.write(`\nwritten to ${name}\n`);
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}

function say(what: string): void {
  process.stderr.write(`· ${what}\n`);
}

// `fan-out` has options of its own and is a measurement by itself.
const work = process.argv[2] === 'fan-out' ? import('./fan-out/main.js') : main();
work.catch((error: unknown) => {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
});
