import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { LogFullError, type ArtifactStore } from '../../index.js';
import { unpackFolder } from './packed-folder.js';

const FULL: readonly unknown[] = ['ENOSPC', 'EDQUOT', 'EFBIG'];

/** Where a folder is made before it is there: readers pass hidden names over. */
const TEMPORARY = '.making';

/**
 * Folders of files as artifacts, for a runner whose outputs are files: a folder is there with all of its files or not
 * at all, also for who reads meanwhile and after a crash at any instant. One that stands already is left as it is.
 */
export class FolderStore implements ArtifactStore {
  constructor(private readonly dir: string) {}

  /** Removes what a crash has left half made. */
  async clean(): Promise<void> {
    await rm(join(this.dir, TEMPORARY), { recursive: true, force: true });
  }

  /**
   * On disk when resolved.
   * @param bytes see `packFolder`.
   * @throws LogFullError when there is no room: nothing stands, try again later.
   */
  async write(name: string, bytes: Uint8Array): Promise<void> {
    const path = join(this.dir, name);
    if (existsSync(path)) return;
    const temporary = join(this.dir, TEMPORARY, randomUUID());
    try {
      for (const file of unpackFolder(bytes)) await writeFlushed(join(temporary, file.path), file.bytes);
      await mkdir(dirname(path), { recursive: true });
      await rename(temporary, path);
      await flushFolder(dirname(path));
    } catch (error) {
      await rm(temporary, { recursive: true, force: true });
      if (FULL.includes((error as NodeJS.ErrnoException).code))
        throw new LogFullError(`no room for ${path}`, { cause: error });
      throw error;
    }
  }

  /** Files of a sink are for others to read. */
  read(): null {
    return null;
  }

  async remove(name: string): Promise<void> {
    await rm(join(this.dir, name), { recursive: true, force: true });
  }
}

async function writeFlushed(path: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const file = await open(path, 'wx');
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
  await flushFolder(dirname(path));
}

async function flushFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
