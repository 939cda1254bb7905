import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const APPS = ['ingest', 'learner', 'gateway'];

/** What one import came to. */
export interface ImportRun {
  readonly rows: number;
  readonly rowsPerSecond: number;
  /** Sum over the apps of the most memory each held at once. */
  readonly peakMegabytes: number;
}

/**
 * The whole way: three apps on an empty embedded log, `hark import --wait` over HTTP, until every window has been
 * predicted and learned. The clock runs from the start of `hark` to its end.
 */
export async function importToPredicted(files: readonly string[], folder: string): Promise<ImportRun> {
  const data = mkdtempSync(join(folder, 'data-'));
  const env = { ...process.env, HARK_DATA: data, HARK_LOG_LEVEL: 'warn' };
  const ports = { HARK_INGEST_PORT: '0', HARK_LEARNER_PORT: '0', HARK_GATEWAY_PORT: '0' };
  const children = APPS.map((app) =>
    spawn(process.execPath, [join(ROOT, `apps/${app}/dist/main.js`)], {
      env: { ...env, ...ports },
      stdio: ['ignore', 'ignore', 'inherit'],
    }),
  );
  try {
    const urls = await Promise.all(APPS.map((app) => ready(data, app)));
    const started = performance.now();
    const args = ['import', ...files, '--wait', '--json', '--url', urls[0], '--learner-url', urls[1]];
    const { rows } = JSON.parse(await output(join(ROOT, 'tools/cli/bin/hark.js'), args)) as { rows: number };
    const rowsPerSecond = rows / ((performance.now() - started) / 1000);
    const peakMegabytes = children.reduce((sum, child) => sum + peakOf(child), 0);
    return { rows, rowsPerSecond, peakMegabytes };
  } finally {
    await Promise.all(children.map(end));
    rmSync(data, { recursive: true, force: true });
  }
}

async function ready(data: string, app: string): Promise<string> {
  for (let waited = 0; waited < 20_000; waited += 50) {
    try {
      const { port } = JSON.parse(readFileSync(join(data, 'run', `${app}.json`), 'utf8')) as { port: number };
      const url = `http://127.0.0.1:${port}`;
      if ((await fetch(`${url}/health/ready`)).ok) return url;
    } catch {
      // Not there yet.
    }
    await sleep(50);
  }
  throw new Error(`${app} was not ready in 20 s`);
}

function output(script: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.on('data', (data: Buffer) => (text += data.toString()));
    child.once('close', (code) =>
      code === 0 ? resolve(text) : reject(new Error(`hark import ended with ${code}`)),
    );
  });
}

/** Linux keeps the high-water mark; elsewhere NaN. */
function peakOf(child: ChildProcess): number {
  try {
    const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
    return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / 1024;
  } catch {
    return NaN;
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
}
