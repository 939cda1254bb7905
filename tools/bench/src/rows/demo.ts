import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench } from '../bench.js';
import { ROOT } from '../apps/running-apps.js';
import { startProcess } from '../apps/started-processes.js';

const PATIENCE_MS = 120_000;

/** What somebody waits who has just got the repository. */
export const demo: Bench = {
  name: 'demo',
  about: 'npm ci in a copy of the last commit (not with --quick), and hark demo to its first prediction',
  run: async function* ({ quick, folder, say }) {
    const installed = quick ? null : await installation(folder, say);
    say('hark demo');
    const first = await firstPrediction(folder);
    yield { name: 'hark demo → first prediction', value: first, unit: 's' };
    if (installed === null) return;
    yield { name: 'npm ci, a warm cache', value: installed, unit: 's' };
    yield { name: 'npm ci → first prediction', value: installed + first, unit: 's', atMost: 90 };
  },
};

/** Seconds; null where there is no registry, or no repository. */
async function installation(folder: string, say: (what: string) => void): Promise<number | null> {
  const copy = join(folder, 'copy');
  mkdirSync(copy);
  if ((await shell(`git -C '${ROOT}' archive HEAD | tar x -C '${copy}'`)) !== 0) return null;
  const install = `cd '${copy}' && exec npm ci --prefer-offline --no-audit --no-fund >/dev/null 2>&1`;
  say('npm ci, to warm the cache');
  if ((await shell(install)) !== 0) return null;
  say('npm ci');
  const started = performance.now();
  return (await shell(install)) === 0 ? (performance.now() - started) / 1000 : null;
}

function shell(command: string): Promise<number | null> {
  return new Promise((resolve) => {
    const child = startProcess(() => spawn('sh', ['-c', command], { stdio: 'ignore' }));
    child.once('error', () => resolve(null));
    child.once('close', resolve);
  });
}

async function firstPrediction(folder: string): Promise<number> {
  const temporary = join(folder, 'demo');
  mkdirSync(temporary);
  const started = performance.now();
  const ports = { HARK_INGEST_PORT: '0', HARK_LEARNER_PORT: '0', HARK_GATEWAY_PORT: '0' };
  const env = { ...process.env, TMPDIR: temporary, ...ports };
  const script = join(ROOT, 'tools/cli/bin/hark.js');
  const child = startProcess(() => spawn(process.execPath, [script, 'demo'], { env, stdio: 'ignore' }));
  const ended = new Promise((resolve) => child.once('exit', resolve));
  try {
    while (performance.now() - started < PATIENCE_MS) {
      if (child.exitCode !== null) throw new Error(`hark demo has ended with ${child.exitCode}`);
      if (await hasPredicted(temporary)) return (performance.now() - started) / 1000;
      await sleep(50);
    }
    throw new Error(`hark demo has predicted nothing in ${PATIENCE_MS / 1000} s`);
  } finally {
    child.kill('SIGTERM');
    await ended;
  }
}

/** Whether the learner of the demo's throw-away folder has taken a window. */
async function hasPredicted(temporary: string): Promise<boolean> {
  try {
    const [data] = readdirSync(temporary);
    const { port } = JSON.parse(readFileSync(join(temporary, data, 'run/learner.json'), 'utf8')) as {
      port: number;
    };
    const { learner } = (await (await fetch(`http://127.0.0.1:${port}/v1/status`)).json()) as {
      learner: { inputs: readonly { topic: string; position: number }[] };
    };
    return learner.inputs.some(({ topic, position }) => topic === 'windows' && position > 0);
  } catch {
    return false;
  }
}
