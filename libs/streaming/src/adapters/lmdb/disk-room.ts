import { closeSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { LogFullError } from '../../log/log.js';
import { isFull, type StorageCause } from './storage-errors.js';

/** What a transaction may need beside its values: pages of the tree that it copies. */
const ROOM_TO_SPARE = 1 << 20;
const CHUNK = new Uint8Array(1 << 20);

/**
 * Asks the disk whether an environment can grow by so many bytes, by writing that much to another file at the same
 * position: free space, a quota and a limit on file sizes all answer.
 * @throws LogFullError
 */
export function checkRoom(path: string, bytes: number): void {
  const probe = join(path, 'room.probe');
  try {
    const file = openSync(probe, 'w');
    try {
      let at = statSync(join(path, 'data.mdb')).size;
      const end = at + bytes + ROOM_TO_SPARE;
      while (at < end) at += writeSync(file, CHUNK, 0, Math.min(CHUNK.length, end - at), at);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    const cause: StorageCause = { code: -((error as { errno?: number }).errno ?? 0) };
    if (isFull(cause)) throw new LogFullError(`no room in ${path}`, { cause: error });
    throw error;
  } finally {
    rmSync(probe, { force: true });
  }
}
