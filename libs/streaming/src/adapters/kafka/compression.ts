import { constants, gunzipSync, gzipSync } from 'node:zlib';

/** How messages are compressed. */
export type Compression = 'gzip' | 'none';

/** A batch that is smaller is not worth the setting up. */
const LEAST_BYTES = 512;
/** What compression leaves, at most, of batches that it is worth its time for. */
const WORTH = 0.8;
/** So many batches of a topic that was not worth it go plain before another is tried. */
const PLAIN_BATCHES = 31;
/** Level 1 leaves a twentieth more of samples than level 6 and takes half of its time. */
const FAST = { level: 1, strategy: constants.Z_FILTERED };

/**
 * Compresses batches where it pays: numbers like those of windows hardly become smaller, and would cost every reader
 * and the broker their time.
 */
export class Compressor {
  /** How many batches of a topic are still to go plain. */
  private readonly plain = new Map<string, number>();

  constructor(private readonly compression: Compression) {}

  /** @returns the bytes compressed with gzip, or null where they are to go as they are. */
  gzip(topic: string, bytes: Buffer): Buffer | null {
    if (this.compression === 'none' || bytes.length < LEAST_BYTES) return null;
    const plain = this.plain.get(topic) ?? 0;
    if (plain > 0) {
      this.plain.set(topic, plain - 1);
      return null;
    }
    // In one piece, whatever comes of it: called with callbacks zlib hands out pieces of 16 KiB by way of its threads.
    const compressed = gzipSync(bytes, { ...FAST, chunkSize: bytes.length + LEAST_BYTES });
    if (compressed.length <= WORTH * bytes.length) return compressed;
    this.plain.set(topic, PLAIN_BATCHES);
    return null;
  }
}

/** What gzip has compressed, in one piece. @throws where it is damaged. */
export function gunzip(bytes: Buffer): Buffer {
  // Its last word says how much it was, as long as that was less than 4 GiB and nobody has changed it.
  const length = bytes.length < 4 ? 0 : bytes.readUInt32LE(bytes.length - 4);
  return gunzipSync(bytes, { chunkSize: Math.min(Math.max(length + 1, 64), LARGEST_PIECE) });
}

const LARGEST_PIECE = 16 << 20;
