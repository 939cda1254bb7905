import { closeSync, fstatSync, fsyncSync, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { DamagedFileError } from '../storage-errors.js';
import { META_PAGES, decodeMeta, type Meta } from './page-layout.js';

/** LMDB's file of an environment, read beside LMDB. */
export class PageFile {
  readonly path: string;
  private readonly file: number;

  constructor(environment: string, mode: 'r' | 'r+' = 'r') {
    this.path = join(environment, 'data.mdb');
    this.file = openSync(this.path, mode);
  }

  /**
   * Where the newest snapshot begins.
   * @throws DamagedFileError where one of the two meta pages is none: whether it was the newer one nobody can tell.
   */
  newestMeta(): Meta {
    const start = this.settledStart();
    const first = this.meta(0, start);
    const second = this.meta(1, start.subarray(first.pageBytes));
    const newest = first.transaction > second.transaction ? first : second;
    const isPair = first.pageBytes === second.pageBytes;
    if (!isPair || Math.abs(first.transaction - second.transaction) > 1) throw this.damaged('its meta pages');
    return newest;
  }

  /** @returns what there is of a page. */
  page(number: number, pageBytes: number, bytes = pageBytes): Buffer {
    return this.read(number * pageBytes, bytes);
  }

  get bytes(): number {
    return fstatSync(this.file).size;
  }

  write(at: number, bytes: Buffer): void {
    writeSync(this.file, bytes, 0, bytes.length, at);
    fsyncSync(this.file);
  }

  /** @param what is damaged. */
  damaged(what: string): DamagedFileError {
    return new DamagedFileError(this.path, what);
  }

  close(): void {
    closeSync(this.file);
  }

  /** Read until it is the same twice: another process may be writing one of the meta pages. */
  private settledStart(): Buffer {
    for (let before = this.read(0, LONGEST_START); ;) {
      const again = this.read(0, LONGEST_START);
      if (again.equals(before)) return again;
      before = again;
    }
  }

  private meta(number: number, bytes: Buffer): Meta {
    const meta = decodeMeta(bytes);
    // Each transaction writes the meta page that the one before has not written.
    const isOwn = meta !== null && (meta.transaction === 0 || meta.transaction % META_PAGES === number);
    if (!isOwn || !PAGE_SIZES.includes(meta.pageBytes)) throw this.damaged(`meta page ${number}`);
    return meta;
  }

  private read(at: number, length: number): Buffer {
    const bytes = Buffer.allocUnsafe(length);
    return bytes.subarray(0, readSync(this.file, bytes, 0, length, at));
  }
}

const PAGE_SIZES: readonly number[] = [4096, 8192, 16_384, 32_768, 65_536];
/** The two meta pages at the largest size of a page. */
const LONGEST_START = META_PAGES * 65_536;
