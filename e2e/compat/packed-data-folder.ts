import { mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';

/** What stands in a data folder for good: not the run files, nor LMDB's lock files. */
const KEPT = /^(log|artifacts|phones|static)\/(?!.*lock\.mdb$)/;

/** Writes each file of a data folder, compressed, under the same name and `.gz`. @returns bytes written. */
export function packDataFolder(from: string, to: string): number {
  let bytes = 0;
  for (const path of filesOf(from)) {
    const name = relative(from, path);
    if (!KEPT.test(name)) continue;
    const packed = gzipSync(readFileSync(path), { level: 9 });
    const target = join(to, `${name}.gz`);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, packed);
    bytes += packed.length;
  }
  return bytes;
}

/** Makes a data folder of what {@link packDataFolder} wrote. */
export function unpackDataFolder(from: string, to: string): void {
  for (const path of filesOf(from)) {
    const name = relative(from, path);
    if (!name.endsWith('.gz')) continue;
    const target = join(to, name.slice(0, -'.gz'.length));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, gunzipSync(readFileSync(path)));
  }
}

function filesOf(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesOf(path) : [path];
  });
}
