import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, extname, join, relative, sep } from 'node:path';
import { gzipSync } from 'node:zlib';

/** Where the dashboard's build stands: found by its package, so from the source of this file, compiled and bundled alike. */
export const DASHBOARD_FOLDER = join(
  dirname(createRequire(import.meta.url).resolve('@hark/dashboard/package.json')),
  'dist',
);

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

/** A file of the page as it is sent. */
export interface PageFile {
  readonly type: string;
  readonly body: Buffer;
  /** Null where compressing it saves nothing. */
  readonly gzipped: Buffer | null;
  readonly etag: string;
}

/**
 * The files of a built page, read once and held: what is served is what was there at the start, whole, and no path of
 * a request ever reaches the file system.
 */
export class PageBundle {
  private readonly files: ReadonlyMap<string, PageFile>;

  /** @param files by name relative to the page's root, with `/`: `index.html`, `assets/index-Bx1.js`. */
  constructor(files: Iterable<readonly [name: string, body: Buffer]>) {
    this.files = new Map([...files].map(([name, body]) => [name, fileOf(name, body)]));
  }

  /** @param folder of the build; one that is not there makes an empty bundle. */
  static read(folder: string): PageBundle {
    const nameOf = (path: string): string => relative(folder, path).split(sep).join('/');
    return new PageBundle(pathsBelow(folder).map((path) => [nameOf(path), readFileSync(path)] as const));
  }

  file(name: string): PageFile | undefined {
    return this.files.get(name);
  }

  /** Bytes of everything, compressed where that helps. */
  get transferBytes(): number {
    return [...this.files.values()].reduce((sum, { body, gzipped }) => sum + (gzipped ?? body).length, 0);
  }
}

function pathsBelow(folder: string): string[] {
  try {
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

function fileOf(name: string, body: Buffer): PageFile {
  const gzipped = gzipSync(body, { level: 9 });
  return {
    type: TYPES[extname(name)] ?? 'application/octet-stream',
    body,
    gzipped: gzipped.length < body.length ? gzipped : null,
    etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 27)}"`,
  };
}
