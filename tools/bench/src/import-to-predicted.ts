import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Cost, CostWatch } from './apps/cost-watch.js';
import { ROOT, RunningApps } from './apps/running-apps.js';
import { startProcess } from './apps/started-processes.js';

/** What one import came to. */
export interface ImportRun {
  readonly rows: number;
  readonly rowsPerSecond: number;
  /** Of the apps and of `hark import` itself, called `cli`. */
  readonly cost: Cost;
}

/**
 * The whole way: three apps on an empty embedded log, `hark import --wait` over HTTP, until every window has been
 * predicted and learned. The clock runs from the start of `hark` to its end.
 */
export async function importToPredicted(files: readonly string[], folder: string): Promise<ImportRun> {
  const apps = await RunningApps.start(folder);
  try {
    return await importInto(apps, files);
  } finally {
    await apps.stop();
  }
}

export async function importInto(apps: RunningApps, files: readonly string[]): Promise<ImportRun> {
  const watch = apps.watch();
  const started = performance.now();
  const urls = ['--url', apps.url('ingest'), '--learner-url', apps.url('learner')];
  const text = await hark(['import', ...files, '--wait', '--json', ...urls], watch);
  const rowsPerSecond = (JSON.parse(text) as { rows: number }).rows / ((performance.now() - started) / 1000);
  return { rows: (JSON.parse(text) as { rows: number }).rows, rowsPerSecond, cost: watch.end() };
}

function hark(args: readonly string[], watch: CostWatch): Promise<string> {
  return new Promise((resolve, reject) => {
    const script = join(ROOT, 'tools/cli/bin/hark.js');
    const child = startProcess(() =>
      spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'inherit'] }),
    );
    watch.add('cli', child.pid as number);
    let text = '';
    child.stdout.on('data', (data: Buffer) => (text += data.toString()));
    child.once('error', reject);
    child.once('close', (code) =>
      code === 0 ? resolve(text) : reject(new Error(`hark import ended with ${code}`)),
    );
  });
}
