import { closeSync, openSync, readSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** A shorter name stands in any file by chance. */
export const LEAST_CHARACTERS = 4;
const CHUNK_BYTES = 1 << 20;
/** What is of the erasure itself: it names the user until it is over. */
const NOT_SEARCHED = new Set(['erasure.json', 'erasure.json.new', 'run']);

/** Counts a name in the raw bytes of all files of a folder. */
export function searchFolder(
  folder: string,
  name: string,
): { readonly bytesSearched: number; readonly occurrences: number | null } {
  const needle = Buffer.from(name, 'utf8');
  let bytesSearched = 0;
  let occurrences = 0;
  const visit = (path: string, top: boolean): void => {
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      if (top && NOT_SEARCHED.has(entry.name)) continue;
      const within = join(path, entry.name);
      if (entry.isDirectory()) visit(within, false);
      if (!entry.isFile()) continue;
      const found = searchFile(within, needle);
      bytesSearched += found.bytes;
      occurrences += found.occurrences;
    }
  };
  visit(folder, true);
  return { bytesSearched, occurrences: name.length < LEAST_CHARACTERS ? null : occurrences };
}

function searchFile(path: string, needle: Buffer): { bytes: number; occurrences: number } {
  const file = openSync(path, 'r');
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES + needle.length);
  let bytes = 0;
  let occurrences = 0;
  // The end of a chunk is looked at again with the next: a name may stand across.
  let kept = 0;
  try {
    for (;;) {
      const read = readSync(file, chunk, kept, CHUNK_BYTES, null);
      if (read === 0) return { bytes, occurrences };
      bytes += read;
      const held = chunk.subarray(0, kept + read);
      for (let at = held.indexOf(needle); at >= 0; at = held.indexOf(needle, at + 1)) occurrences++;
      const rest = Math.min(needle.length - 1, held.length);
      held.copy(chunk, 0, held.length - rest);
      kept = rest;
    }
  } finally {
    closeSync(file);
  }
}
