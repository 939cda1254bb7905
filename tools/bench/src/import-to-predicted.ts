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

/** Apps that an import goes into, where they are not the usual ones. */
export interface ImportTarget {
  /** Environment variables of the apps. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Processes that are part of the cost, by name. */
  readonly others?: ReadonlyMap<string, number>;
}

/**
 * The whole way: three apps on an empty log, the embedded one unless the settings say another, `hark import --wait` over HTTP, until every window has been
 * predicted and learned. The clock runs from the start of `hark` to its end.
 */
export async function importToPredicted(
  files: readonly string[],
  folder: string,
  { settings = {}, others }: ImportTarget = {},
): Promise<ImportRun> {
  const apps = await RunningApps.start(folder, { settings });
  try {
    return await importInto(apps, files, others);
  } finally {
    await apps.stop();
  }
}

export async function importInto(
  apps: RunningApps,
  files: readonly string[],
  others?: ReadonlyMap<string, number>,
): Promise<ImportRun> {
  const watch = apps.watch(others);
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
