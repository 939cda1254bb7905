import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { WebSocket } from 'ws';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

export const APPS = ['ingest', 'learner', 'gateway'] as const;
export type App = (typeof APPS)[number];

/** A prediction as it comes over the wire, as far as the tests look at it. */
export interface WirePrediction {
  readonly id: string;
  readonly user: string;
  readonly device: string;
  readonly activity: string;
  readonly confidence: number;
  readonly probabilities: Record<string, number>;
  readonly modelVersion: number;
  readonly state: string;
  readonly reason: string | null;
  readonly revision: number;
  readonly final: boolean;
  readonly label: string | null;
  readonly samples: { accelerometer: number; gyroscope: number; late: number; duplicates: number };
  readonly source: string;
  readonly window: { start: string; end: string; startNs: string };
}

/** On a machine that has much else to do. */
const LONGEST_START_MS = 60_000;

/** The three built apps on an embedded log in a folder of their own, driven from outside alone. */
export class Service {
  readonly data = mkdtempSync(join(tmpdir(), 'hark-e2e-'));
  private readonly children = new Map<App, ChildProcess>();

  /** @param errors where the apps write their logs: as the tests do, or a file that is open. */
  constructor(
    private readonly environment: Readonly<Record<string, string>> = {},
    private readonly errors: 'inherit' | number = 'inherit',
  ) {}

  static async start(environment: Readonly<Record<string, string>> = {}): Promise<Service> {
    const service = new Service(environment);
    await service.startAll();
    return service;
  }

  /** Starts the three apps, or none. */
  async startAll(): Promise<void> {
    try {
      await Promise.all(APPS.map((app) => this.startApp(app)));
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /**
   * Starts an app and waits until it is ready. The port it had before is taken again.
   * @param environment beside that of the service, for this start alone.
   */
  async startApp(app: App, environment: Readonly<Record<string, string>> = {}): Promise<void> {
    const port = String(this.ports.get(app) ?? 0);
    const child = spawn(process.execPath, [`apps/${app}/dist/main.js`], {
      cwd: ROOT,
      env: {
        ...process.env,
        HARK_DATA: this.data,
        HARK_LOG_LEVEL: 'warn',
        HARK_GATEWAY_PORT: '0',
        HARK_INGEST_PORT: '0',
        HARK_LEARNER_PORT: '0',
        ...this.environment,
        ...environment,
        [`HARK_${app.toUpperCase()}_PORT`]: port,
      },
      stdio: ['ignore', 'ignore', this.errors],
    });
    this.children.set(app, child);
    for (const begun = performance.now(); performance.now() - begun < LONGEST_START_MS;) {
      if (child.exitCode !== null) throw new Error(`${app} ended with ${child.exitCode} before it was ready`);
      if (await this.isReady(app, child)) return;
      await sleep(20);
    }
    throw new Error(`${app} was not ready in a minute`);
  }

  /** As `kill -9`; resolves when the process is gone. */
  async kill(app: App): Promise<void> {
    await this.end(app, 'SIGKILL');
  }

  /** Ends an app as an operator does. @returns its exit code. */
  async terminate(app: App): Promise<number | null> {
    return this.end(app, 'SIGTERM');
  }

  async stop(): Promise<void> {
    await Promise.all([...this.children.keys()].map((app) => this.end(app, 'SIGKILL')));
    rmSync(this.data, { recursive: true, force: true });
  }

  /** The process of an app that runs. */
  pid(app: App): number {
    const pid = this.children.get(app)?.pid;
    if (pid === undefined) throw new Error(`${app} does not run`);
    return pid;
  }

  url(app: App, path = ''): string {
    const port = this.ports.get(app);
    if (port === undefined) throw new Error(`${app} has not said its port`);
    return `http://127.0.0.1:${port}${path}`;
  }

  async get<T = Record<string, unknown>>(app: App, path: string): Promise<T> {
    const response = await fetch(this.url(app, path));
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  }

  async post(
    app: App,
    path: string,
    body: unknown,
  ): Promise<{ status: number; body: Record<string, unknown> }> {
    const response = await fetch(this.url(app, path), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  }

  /** Every final prediction of the service, from the first, over the WebSocket, until `count` have come. */
  async predictions(count: number, payload: Record<string, unknown> = {}): Promise<WirePrediction[]> {
    const socket = new WebSocket(this.url('gateway', '/v1/live').replace('http', 'ws'));
    const got: WirePrediction[] = [];
    try {
      await new Promise<void>((resolve, reject) => {
        const limit = setTimeout(
          () => reject(new Error(`${got.length} of ${count} predictions in 60 s`)),
          60_000,
        );
        socket.on('error', reject);
        socket.on('open', () => socket.send(JSON.stringify({ type: 'connection_init' })));
        socket.on('message', (data: Buffer) => {
          const message = JSON.parse(data.toString()) as { type: string; payload: WirePrediction };
          if (message.type === 'connection_ack') {
            const subscription = { channel: 'predictions', since: 'earliest', ...payload };
            socket.send(JSON.stringify({ type: 'subscribe', id: 's', payload: subscription }));
          } else if (message.type === 'next') {
            got.push(message.payload);
            if (got.length === count) {
              clearTimeout(limit);
              // Anything beyond the count is an error of the service: give it a moment to show.
              setTimeout(resolve, 200);
            }
          } else if (message.type === 'error') reject(new Error(data.toString()));
        });
      });
    } finally {
      socket.terminate();
    }
    return got;
  }

  private readonly ports = new Map<App, number>();

  private async isReady(app: App, child: ChildProcess): Promise<boolean> {
    try {
      const run = JSON.parse(readFileSync(join(this.data, 'run', `${app}.json`), 'utf8')) as {
        pid: number;
        port: number;
      };
      if (run.pid !== child.pid) return false;
      this.ports.set(app, run.port);
      return (await fetch(this.url(app, '/health/ready'))).ok;
    } catch {
      return false;
    }
  }

  private async end(app: App, signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null> {
    const child = this.children.get(app);
    this.children.delete(app);
    if (child === undefined || child.exitCode !== null || child.signalCode !== null)
      return child?.exitCode ?? null;
    const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
    child.kill(signal);
    return ended;
  }
}

/** Runs `hark` to its end. */
export async function hark(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  return finished(startHark(args, environment));
}

export function startHark(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): ChildProcess {
  return spawn(process.execPath, [join(ROOT, 'tools/cli/bin/hark.js'), ...args], {
    env: { ...process.env, NO_COLOR: '1', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

export async function finished(
  child: ChildProcess,
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (data: Buffer) => (stdout += data.toString()));
  child.stderr?.on('data', (data: Buffer) => (stderr += data.toString()));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, stdout, stderr };
}
