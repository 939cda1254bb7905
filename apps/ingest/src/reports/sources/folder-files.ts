import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { NotPlainFileError } from '../../open-plain-file.js';

export interface FolderFiles {
  /** Whether there is such a folder. */
  readonly isThere: boolean;
  /** Names of all files; hidden ones, and those that begin with `_`, are passed over. */
  readonly all: ReadonlySet<string>;
  /** Those that are not known yet, the oldest first. */
  readonly fresh: readonly string[];
}

/** The files of a folder; none where there is no folder. */
export async function folderFiles(folder: string, isKnown: (name: string) => boolean): Promise<FolderFiles> {
  const all = new Set<string>();
  const fresh: { readonly name: string; readonly mtimeMs: number }[] = [];
  const entries = await orAbsent(readdir(folder, { withFileTypes: true }), null);
  for (const entry of entries ?? []) {
    const { name } = entry;
    if (!entry.isFile() || name.startsWith('.') || name.startsWith('_')) continue;
    all.add(name);
    const found = isKnown(name) ? null : await orAbsent(stat(join(folder, name)), null);
    if (found !== null) fresh.push({ name, mtimeMs: found.mtimeMs });
  }
  fresh.sort((a, b) => a.mtimeMs - b.mtimeMs || (a.name < b.name ? -1 : 1));
  return { isThere: entries !== null, all, fresh: fresh.map(({ name }) => name) };
}

/** What is not there, or not any more, is as good as never made; so is a link that has taken a file's place. */
export async function orAbsent<Found, Absent>(work: Promise<Found>, absent: Absent): Promise<Found | Absent> {
  try {
    return await work;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || error instanceof NotPlainFileError)
      return absent;
    throw error;
  }
}
