import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { CostWatch } from './cost-watch.js';
import { startProcess } from './started-processes.js';

export const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));

export type App = 'ingest' | 'learner' | 'gateway';
export const APPS: readonly App[] = ['ingest', 'learner', 'gateway'];

const PATIENCE_MS = 60_000;
/** Those that `hark start` gives. */
const NODE_FLAGS = ['--max-semi-space-size=8'];

/** Apps as they are shipped, on a data folder and ports of their own. */
export class RunningApps {
  private constructor(
    readonly data: string,
    private readonly children: ReadonlyMap<App, ChildProcess>,
    private readonly urls: ReadonlyMap<App, string>,
  ) {}

  /** Resolves when all of them are ready. @param data an existing folder, else an empty one is made. */
  static async start(
    folder: string,
    { apps = APPS, data = mkdtempSync(join(folder, 'data-')), settings = {} }: StartOptions = {},
  ): Promise<RunningApps> {
    const children = new Map(apps.map((app) => [app, startApp(app, data, settings)]));
    try {
      const found = await Promise.all(
        [...children].map(async ([app, child]) => [app, await ready(data, app, child)] as const),
      );
      return new RunningApps(data, children, new Map(found));
    } catch (error) {
      for (const child of children.values()) child.kill('SIGKILL');
      throw error;
    }
  }

  url(app: App): string {
    const url = this.urls.get(app);
    if (url === undefined) throw new Error(`${app} has not been started`);
    return url;
  }

  port(app: App): number {
    return Number(new URL(this.url(app)).port);
  }

  async status<T>(app: App): Promise<T> {
    return (await (await fetch(`${this.url(app)}/v1/status`)).json()) as T;
  }

  /** Begins to count what the apps cost. @param others processes that are counted too, by name. */
  watch(others: ReadonlyMap<string, number> = new Map()): CostWatch {
    const pids = [...this.children].map(([app, { pid }]) => [app, pid as number] as const);
    return new CostWatch(new Map([...pids, ...others]));
  }

  /** `kill -9` of all of them. The data folder stays. */
  async kill(): Promise<void> {
    await Promise.all([...this.children.values()].map((child) => ended(child, 'SIGKILL')));
  }

  /** Stops the apps and removes their data folder. */
  async stop(): Promise<void> {
    await Promise.all([...this.children.values()].map((child) => ended(child, 'SIGTERM')));
    rmSync(this.data, { recursive: true, force: true });
  }
}

export interface StartOptions {
  readonly apps?: readonly App[];
  readonly data?: string;
  /** Environment variables. */
  readonly settings?: Readonly<Record<string, string>>;
}

function startApp(app: App, data: string, settings: Readonly<Record<string, string>>): ChildProcess {
  const ports = { HARK_INGEST_PORT: '0', HARK_LEARNER_PORT: '0', HARK_GATEWAY_PORT: '0' };
  const env = { ...process.env, HARK_DATA: data, HARK_LOG_LEVEL: 'warn', ...ports, ...settings };
  const script = join(ROOT, `apps/${app}/dist/main.js`);
  return startProcess(() =>
    spawn(process.execPath, [...NODE_FLAGS, script], { env, stdio: ['ignore', 'ignore', 'inherit'] }),
  );
}

/** Resolves with the app's address. What a process before this one left behind is not taken for it. */
async function ready(data: string, app: App, child: ChildProcess): Promise<string> {
  const started = performance.now();
  while (performance.now() - started < PATIENCE_MS) {
    if (child.exitCode !== null) throw new Error(`${app} has ended with ${child.exitCode}`);
    try {
      const { port, pid } = JSON.parse(readFileSync(join(data, 'run', `${app}.json`), 'utf8')) as {
        port: number;
        pid: number;
      };
      const url = `http://127.0.0.1:${port}`;
      if (pid === child.pid && (await fetch(`${url}/health/ready`)).ok) return url;
    } catch {
      // Not there yet.
    }
    await sleep(10);
  }
  throw new Error(`${app} was not ready in ${PATIENCE_MS / 1000} s`);
}

async function ended(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  await exit;
}
