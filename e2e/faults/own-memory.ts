import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { App } from '../harness.js';

/**
 * Megabytes of a process without the pages of files that it has mapped, which the system takes back when it needs
 * them: the log is such a file, and grows. Null where the system does not say.
 */
export function ownMemory(dataFolder: string, app: App): number | null {
  const { pid } = JSON.parse(readFileSync(join(dataFolder, `run/${app}.json`), 'utf8')) as { pid: number };
  const path = `/proc/${pid}/status`;
  const kilobytes = existsSync(path)
    ? /^RssAnon:\s+(\d+) kB/m.exec(readFileSync(path, 'utf8'))?.[1]
    : undefined;
  return kilobytes === undefined ? null : Number(kilobytes) / 1000;
}
