import { randomUUID } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

/**
 * The log's identity: made by whichever process comes first, the same for all that come at once or later. The file
 * is written whole under another name and then linked, so that nobody ever reads a part of it.
 */
export function readOrMakeEpoch(dir: string): string {
  const path = join(dir, 'epoch');
  return readEpoch(path) ?? makeEpoch(dir, path);
}

function readEpoch(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function makeEpoch(dir: string, path: string): string {
  mkdirSync(dir, { recursive: true });
  const mine = randomUUID();
  const temporary = `${path}.${mine}`;
  try {
    writeFileSync(temporary, `${mine}\n`, { flush: true });
    linkSync(temporary, path);
    syncFolder(dir);
    return mine;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return readFileSync(path, 'utf8').trim();
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** Makes the entries of a folder durable: a new file's name is not on disk before this. */
function syncFolder(dir: string): void {
  const folder = openSync(dir, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
