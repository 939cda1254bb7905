import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const APPS = ['ingest', 'learner', 'gateway'] as const;
export type App = (typeof APPS)[number];

const PORTS: Readonly<Record<App, number>> = { gateway: 3000, ingest: 3001, learner: 3002 };

/** What a running app says of itself in `$HARK_DATA/run/<app>.json`. */
export interface RunFile {
  readonly pid: number;
  readonly port: number;
  readonly host: string;
}

/** The run file of an app whose process is alive, or null. */
export function runningApp(dataFolder: string, app: App): RunFile | null {
  try {
    const file = JSON.parse(readFileSync(join(dataFolder, 'run', `${app}.json`), 'utf8')) as RunFile;
    process.kill(file.pid, 0);
    return file;
  } catch {
    return null;
  }
}

type Environment = Readonly<Record<string, string | undefined>>;

export function dataFolderOf(environment: Environment): string {
  return environment['HARK_DATA'] || './data';
}

/** The port that an app is to listen on: `HARK_<APP>_PORT`, or its usual one. */
export function portOf(app: App, environment: Environment): number {
  return Number(environment[`HARK_${app.toUpperCase()}_PORT`] || PORTS[app]);
}

/** Where an app is: what it says itself in the data folder, else the port that it is to listen on. */
export function addressOf(app: App, environment: Environment): string {
  const running = runningApp(dataFolderOf(environment), app);
  if (running !== null) return urlOf(running);
  return urlOf({ host: environment['HARK_HOST'] || '127.0.0.1', port: portOf(app, environment) });
}

/** How an app is reached from this machine: one that listens on all addresses, by loopback. */
export function urlOf({ host, port }: Pick<RunFile, 'host' | 'port'>): string {
  const reached = LOOPBACK_OF[host] ?? host;
  return `http://${reached.includes(':') ? `[${reached}]` : reached}:${port}`;
}

const LOOPBACK_OF: Readonly<Record<string, string | undefined>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };
