import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

/**
 * Stands in a data folder while a user is being erased from it: nobody but who does it opens the log. It outlives a
 * crash: then the erasure is begun again, or, once it has come to `swap`, only the new files are put in place.
 */
export interface ErasureMarker {
  /** Of the job. */
  readonly id: string;
  readonly user: string;
  readonly phase: 'rewrite' | 'swap';
}

export function readErasureMarker(dataFolder: string): ErasureMarker | null {
  // Asked several times a second, and hardly ever there: an error costs much more than this.
  if (!existsSync(pathOf(dataFolder))) return null;
  try {
    return JSON.parse(readFileSync(pathOf(dataFolder), 'utf8')) as ErasureMarker;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw error;
  }
}

/** On disk when it returns. */
export function writeErasureMarker(dataFolder: string, marker: ErasureMarker): void {
  const path = pathOf(dataFolder);
  writeFileSync(`${path}.new`, JSON.stringify(marker), { flush: true });
  renameSync(`${path}.new`, path);
  syncFolder(dataFolder);
}

export function removeErasureMarker(dataFolder: string): void {
  rmSync(pathOf(dataFolder), { force: true });
  syncFolder(dataFolder);
}

function pathOf(dataFolder: string): string {
  return join(dataFolder, 'erasure.json');
}

function syncFolder(path: string): void {
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
