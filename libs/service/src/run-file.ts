import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a running app says of itself in `$HARK_DATA/run/<app>.json`. */
export interface RunFile {
  readonly pid: number;
  readonly port: number;
  readonly host: string;
}

export function runFilePath(dataFolder: string, app: string): string {
  return join(dataFolder, 'run', `${app}.json`);
}

export function writeRunFile(dataFolder: string, app: string, content: RunFile): void {
  const path = runFilePath(dataFolder, app);
  mkdirSync(join(dataFolder, 'run'), { recursive: true });
  writeFileSync(`${path}.${content.pid}`, `${JSON.stringify(content)}\n`);
  renameSync(`${path}.${content.pid}`, path);
}

export function removeRunFile(dataFolder: string, app: string): void {
  rmSync(runFilePath(dataFolder, app), { force: true });
}

/** The run file of an app whose process is alive, or null. */
export function readRunFile(dataFolder: string, app: string): RunFile | null {
  try {
    const content = JSON.parse(readFileSync(runFilePath(dataFolder, app), 'utf8')) as RunFile;
    process.kill(content.pid, 0);
    return content;
  } catch {
    return null;
  }
}
