import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ALL_BENCHES } from './all-benches.js';
import { ROOT } from './apps/running-apps.js';
import { isInterrupted, leaveNothingBehind } from './apps/started-processes.js';
import { bareLoop } from './bare-loop.js';
import { BARE_LOOP, type Context } from './bench.js';
import type { Figure } from './figure.js';
import { helpText, readOptions, type BenchOptions } from './options.js';
import { median } from './percentile.js';
import { makeRecording, type RecordingFormat } from './recording.js';
import { keep, loadNow, resultsOf } from './report/results.js';
import { table } from './report/table.js';

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2), ALL_BENCHES);
  if (options.help) {
    process.stdout.write(helpText(ALL_BENCHES));
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), 'hark-bench-'));
  leaveNothingBehind(folder);
  const loadBefore = loadNow();
  const started = performance.now();
  try {
    const figures = await measure(options, folder);
    const seconds = (performance.now() - started) / 1000;
    const results = resultsOf(ROOT, { quick: options.quick, seconds, loadBefore, figures });
    process.stdout.write(options.json ? `${JSON.stringify(results, null, 2)}\n` : table(figures));
    process.stderr.write(`\nwritten to ${keep(ROOT, results, new Date())}, with a plot beside it\n`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** One after the other; what fails is told and leaves the rest alone. */
async function measure(options: BenchOptions, folder: string): Promise<Figure[]> {
  const figures: Figure[] = [];
  const context = contextOf(options, folder);
  for (const [i, bench] of options.benches.entries()) {
    const place = `${i + 1}/${options.benches.length}`;
    process.stderr.write(`[${place}] ${bench.name}: ${bench.about}\n`);
    const own = join(folder, bench.name);
    mkdirSync(own);
    try {
      for await (const figure of bench.run({ ...context, folder: own })) figures.push(figure);
    } catch (error) {
      if (isInterrupted()) throw error;
      process.exitCode = 1;
      process.stderr.write(`[${place}] ${bench.name} failed: ${(error as Error).message}\n`);
    }
  }
  const bare = context.measuredBareLoop();
  return bare === null ? figures : [{ name: BARE_LOOP, value: bare, unit: 'rows/s' }, ...figures];
}

/** What several measurements share is made when the first asks for it. */
function contextOf(
  { quick, rows, files }: BenchOptions,
  folder: string,
): Context & { readonly measuredBareLoop: () => number | null } {
  const say = (what: string): void => void process.stderr.write(`  · ${what}\n`);
  const made = new Map<RecordingFormat, readonly string[]>();
  const recording = (format: RecordingFormat): readonly string[] => {
    let paths = made.get(format);
    if (paths === undefined) {
      say(`simulating a recording, ${format}`);
      made.set(format, (paths = makeRecording(folder, rows, format)));
    }
    return paths;
  };
  const csv = (): readonly string[] => (files.length > 0 ? files : recording('csv'));
  let bare: number | null = null;
  const bareLoopRate = (): number => {
    if (bare !== null) return bare;
    say(BARE_LOOP);
    const [file] = csv();
    bareLoop(file);
    return (bare = median(Array.from({ length: 3 }, () => bareLoop(file).rowsPerSecond)));
  };
  return {
    ...{ quick, folder, rows, csv, say },
    jsonLines: () => recording('jsonl'),
    bareLoop: bareLoopRate,
    measuredBareLoop: () => bare,
  };
}

// `fan-out` has options of its own and is a measurement by itself.
const work = process.argv[2] === 'fan-out' ? import('./fan-out/main.js') : main();
work.catch((error: unknown) => {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
});
