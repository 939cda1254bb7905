import { createReadStream } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';

/** Bytes to be read from front to back. */
export interface ByteSource {
  /** Fills `buffer` from `offset` on, at least one byte of it; 0 at the end. */
  read(buffer: Uint8Array, offset: number): Promise<number>;
  /** Bytes of the file behind it that have been read so far; compressed ones where it is. */
  readonly bytesRead: number;
  close(): Promise<void>;
}

/** A part of a file: `from` included, `to` excluded. */
export interface ByteRange {
  readonly from: number;
  readonly to: number;
}

/** The ranges of an open file one after another. Leaves the file open. */
export class FileRanges implements ByteSource {
  bytesRead = 0;
  private index = 0;
  private position: number;

  constructor(
    private readonly file: FileHandle,
    private readonly ranges: readonly ByteRange[],
  ) {
    this.position = ranges[0]?.from ?? 0;
  }

  async read(buffer: Uint8Array, offset: number): Promise<number> {
    for (; this.index < this.ranges.length; this.position = this.ranges[++this.index]?.from ?? 0) {
      const left = this.ranges[this.index].to - this.position;
      if (left <= 0) continue;
      const length = Math.min(left, buffer.length - offset);
      const { bytesRead } = await this.file.read(buffer, offset, length, this.position);
      if (bytesRead === 0) return 0;
      this.position += bytesRead;
      this.bytesRead += bytesRead;
      return bytesRead;
    }
    return 0;
  }

  async close(): Promise<void> {}
}

/** A whole file, through gunzip when it is compressed. */
export async function openBytes(path: string, compressed: boolean): Promise<ByteSource> {
  if (compressed) return new GunzippedFile(path);
  const file = await open(path);
  const ranges = new FileRanges(file, [{ from: 0, to: Infinity }]);
  return {
    read: (buffer, offset) => ranges.read(buffer, offset),
    get bytesRead() {
      return ranges.bytesRead;
    },
    close: () => file.close(),
  };
}

/** A gzip file of one or more members. */
class GunzippedFile implements ByteSource {
  private readonly raw;
  private readonly chunks: AsyncIterator<Buffer>;
  private readonly gunzip = createGunzip({ chunkSize: 256 * 1024 });
  private chunk: Uint8Array = new Uint8Array(0);

  constructor(path: string) {
    this.raw = createReadStream(path, { highWaterMark: 256 * 1024 });
    // The iterator below reports the errors; pipeline passes those of the file on to it.
    pipeline(this.raw, this.gunzip, () => {});
    this.chunks = this.gunzip[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  }

  get bytesRead(): number {
    return this.raw.bytesRead;
  }

  async read(buffer: Uint8Array, offset: number): Promise<number> {
    while (this.chunk.length === 0) {
      const { value, done } = await this.chunks.next();
      if (done) return 0;
      this.chunk = value;
    }
    const taken = this.chunk.subarray(0, buffer.length - offset);
    buffer.set(taken, offset);
    this.chunk = this.chunk.subarray(taken.length);
    return taken.length;
  }

  async close(): Promise<void> {
    this.gunzip.destroy();
    this.raw.destroy();
  }
}
