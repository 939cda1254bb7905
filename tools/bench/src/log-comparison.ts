import { mkdtempSync, rmSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { crc32 } from 'node:zlib';
import { LmdbLog } from '@hark/streaming/adapters';

/**
 * What the embedded log costs over the least that a durable log can do: `LmdbLog` against one append-only file
 * with a checksum per frame and group fsync, which has no index, no atomic commit over topics, no fencing and no
 * readers in other processes. Figures of `docs/adr/0001-embedded-log-on-lmdb.md`; run it on a quiet machine:
 * `node tools/bench/dist/log-comparison.js [FOLDER]`.
 */
interface MeasuredLog {
  readonly name: string;
  append(frame: Uint8Array): Promise<unknown>;
  durable(): Promise<void>;
  /** Reads everything from the start, checking checksums; returns the bytes of the frames. */
  readAll(): Promise<number>;
  close(): Promise<void>;
}

async function lmdbLog(dir: string): Promise<MeasuredLog> {
  const log = new LmdbLog({ dir });
  const writer = await log.writer('ingest');
  return {
    name: 'LMDB',
    append: (value) =>
      writer.commit({ appends: [{ topic: 'samples', partition: 0, records: [{ key: '', value }] }] }),
    durable: () => writer.durable(),
    async readAll() {
      let bytes = 0;
      for (let next = 0; ;) {
        const records = await log.read('samples', 0, next, 1 << 20);
        if (records.length === 0) return bytes;
        for (const { value } of records) bytes += value.length;
        next += records.length;
      }
    },
    close: () => log.close(),
  };
}

/** Length and CRC-32, then the frame. Frames appended while a flush is under way are written together after it. */
class SegmentFile implements MeasuredLog {
  readonly name = 'segment file';
  private readonly queue: { readonly bytes: Buffer; readonly resolve: () => void }[] = [];
  private writing: Promise<void> | null = null;

  constructor(private readonly file: FileHandle) {}

  append(frame: Uint8Array): Promise<void> {
    const bytes = Buffer.allocUnsafe(8 + frame.length);
    bytes.writeUInt32LE(frame.length, 0);
    bytes.writeUInt32LE(crc32(frame), 4);
    bytes.set(frame, 8);
    return new Promise((resolve) => {
      this.queue.push({ bytes, resolve });
      this.writing ??= Promise.resolve().then(() => this.write());
    });
  }

  /** An append is resolved when it has been flushed. */
  durable(): Promise<void> {
    return Promise.resolve();
  }

  async readAll(): Promise<number> {
    const chunk = Buffer.allocUnsafe(4 << 20);
    let bytes = 0;
    for (let at = 0; ;) {
      const { bytesRead } = await this.file.read(chunk, 0, chunk.length, at);
      let used = 0;
      while (used + 8 <= bytesRead) {
        const length = chunk.readUInt32LE(used);
        if (used + 8 + length > bytesRead) break;
        const frame = Buffer.from(chunk.subarray(used + 8, used + 8 + length));
        if (crc32(frame) !== chunk.readUInt32LE(used + 4)) throw new Error(`corrupt frame at ${at + used}`);
        bytes += length;
        used += 8 + length;
      }
      if (used === 0) return bytes;
      at += used;
    }
  }

  close(): Promise<void> {
    return this.file.close();
  }

  private async write(): Promise<void> {
    while (this.queue.length > 0) {
      const group = this.queue.splice(0);
      await this.file.appendFile(Buffer.concat(group.map(({ bytes }) => bytes)));
      await this.file.datasync();
      for (const { resolve } of group) resolve();
    }
    this.writing = null;
  }
}

interface Measured {
  readonly log: string;
  readonly frameBytes: number;
  readonly framesPerFlush: number;
  readonly framesPerSecond: number;
  readonly readMegabytesPerSecond: number;
}

async function measure(
  log: MeasuredLog,
  frameBytes: number,
  perFlush: number,
  frames: number,
): Promise<Measured> {
  const frame = new Uint8Array(frameBytes).map((_, i) => (i * 31) & 255);
  const started = performance.now();
  for (let done = 0; done < frames; done += perFlush) {
    await Promise.all(Array.from({ length: perFlush }, () => log.append(frame)));
    await log.durable();
  }
  const written = performance.now();
  const bytes = await log.readAll();
  const read = performance.now();
  await log.close();
  if (bytes !== frames * frameBytes) throw new Error(`${log.name}: ${bytes} bytes read back`);
  return {
    log: log.name,
    frameBytes,
    framesPerFlush: perFlush,
    framesPerSecond: Math.round((frames / (written - started)) * 1000),
    readMegabytesPerSecond: Math.round(bytes / 1000 / (read - written)),
  };
}

/** Every combination, the two logs in turn, `rounds` times; the median of each. */
export async function compareLogs(parent: string, rounds: number): Promise<Measured[]> {
  const results: Measured[] = [];
  for (const [frameBytes, perFlush, frames] of [
    [6_000, 1, 400],
    [6_000, 20, 4_000],
    [700_000, 1, 60],
    [700_000, 20, 120],
  ]) {
    const runs: Measured[][] = [[], []];
    for (let round = 0; round < rounds; round++) {
      const dir = mkdtempSync(join(parent, 'hark-log-comparison-'));
      try {
        runs[0].push(await measure(await lmdbLog(join(dir, 'log')), frameBytes, perFlush, frames));
        const file = await open(join(dir, 'segment'), 'a+');
        runs[1].push(await measure(new SegmentFile(file), frameBytes, perFlush, frames));
      } finally {
        rmSync(dir, { recursive: true, force: true });
      }
    }
    for (const run of runs) {
      const median = (pick: (measured: Measured) => number) =>
        run.map(pick).sort((a, b) => a - b)[Math.floor(run.length / 2)];
      results.push({
        ...run[0],
        framesPerSecond: median(({ framesPerSecond }) => framesPerSecond),
        readMegabytesPerSecond: median(({ readMegabytesPerSecond }) => readMegabytesPerSecond),
      });
    }
  }
  return results;
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  console.table(await compareLogs(process.argv[2] ?? tmpdir(), 3));
