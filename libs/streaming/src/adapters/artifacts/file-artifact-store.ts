import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { LogFullError } from '../../log/log.js';
import { ArtifactConflictError, checkArtifactName, sameBytes } from '../../runner/artifact-name.js';
import type { ArtifactStore } from '../../runner/processor.js';

const FULL: readonly unknown[] = ['ENOSPC', 'EDQUOT', 'EFBIG'];

/** Artifacts as files of a folder, the name being the path in it. A file is there whole or not at all. */
export class FileArtifactStore implements ArtifactStore {
  /** Being written: already read from here. */
  private readonly pending = new Map<string, Uint8Array>();

  /** @param dir made when absent. */
  constructor(private readonly dir: string) {}

  /**
   * On disk when resolved.
   * @throws LogFullError when there is no room: nothing stands, try again later.
   */
  async write(name: string, bytes: Uint8Array): Promise<void> {
    const stored = this.read(name);
    if (stored !== null && !sameBytes(stored, bytes)) throw new ArtifactConflictError(name);
    const copy = bytes.slice();
    this.pending.set(name, copy);
    try {
      await this.store(join(this.dir, name), copy);
    } catch (error) {
      if (FULL.includes((error as NodeJS.ErrnoException).code))
        throw new LogFullError(`no room for the artifact ${name}`, { cause: error });
      throw error;
    } finally {
      if (this.pending.get(name) === copy) this.pending.delete(name);
    }
  }

  read(name: string): Uint8Array | null {
    checkArtifactName(name);
    const pending = this.pending.get(name);
    if (pending !== undefined) return pending.slice();
    try {
      return new Uint8Array(readFileSync(join(this.dir, name)));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT' || code === 'EISDIR' || code === 'ENOTDIR') return null;
      throw error;
    }
  }

  async remove(name: string): Promise<void> {
    checkArtifactName(name);
    await rm(join(this.dir, name), { force: true });
  }

  /** Written in full and flushed under another name, then renamed, then the name flushed. */
  private async store(path: string, bytes: Uint8Array): Promise<void> {
    const folder = dirname(path);
    const made = await mkdir(folder, { recursive: true });
    const temporary = `${path}.${randomUUID()}.tmp`;
    try {
      const file = await open(temporary, 'wx');
      try {
        await file.writeFile(bytes);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(temporary, path);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
    await flushFolder(folder);
    if (made !== undefined) await flushFolder(dirname(made));
  }
}

async function flushFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
