import type { ByteRange, ByteSource } from './byte-source.js';

/** A run of neighbouring rows of one user and device in a file. */
export interface Run extends ByteRange {
  readonly key: string;
  /** Rows of the file before the run. */
  readonly firstRow: number;
  readonly rows: number;
}

const LF = 10;
const BUFFER = 1024 * 1024;

/** Below this many rows a run, on average, a file was recorded live, its devices taking turns. */
const LIVE_RUN_ROWS = 512;
/** Runs after which a file that looks live is taken for it without reading on: each run costs memory. */
const LIVE_RUNS = 4096;

/** Which user and device each stretch of a file belongs to. */
export interface RunIndex {
  /** All runs; of a live file those of its beginning. */
  readonly runs: readonly Run[];
  /** Devices take turns: many more runs than devices, and short ones. */
  readonly live: boolean;
}

/**
 * One quick pass over a file, or over the beginning of one whose devices take turns. Looks at nothing but line ends
 * and the two names; a line without them counts to the run it stands in.
 */
export async function indexRuns(
  source: ByteSource,
  bodyStart: number,
  scanner: RunScanner,
): Promise<RunIndex> {
  let buffer = new Uint8Array(BUFFER);
  let base = 0;
  let length = 0;
  let skip = bodyStart;
  for (;;) {
    if (length === buffer.length) {
      const larger = new Uint8Array(buffer.length * 2);
      larger.set(buffer);
      buffer = larger;
    }
    const read = await source.read(buffer, length);
    length += read;
    const end = read === 0 ? length : buffer.lastIndexOf(LF, length - 1) + 1;
    let from = 0;
    if (skip > 0) {
      from = Math.min(skip, end);
      skip -= from;
    }
    scanner.scan(buffer, from, end, base);
    if (read === 0 || (scanner.count >= LIVE_RUNS && scanner.isLive)) return scanner.finish(base + length);
    buffer.copyWithin(0, end, length);
    base += end;
    length -= end;
  }
}

/** Cuts lines into runs; `scan` gets whole lines, in order. */
export abstract class RunScanner {
  private readonly runs: Run[] = [];
  private readonly devices = new Set<string>();
  private key: string | null = null;
  private from = 0;
  private firstRow = 0;
  protected row = 0;

  abstract scan(bytes: Uint8Array, start: number, end: number, base: number): void;

  get count(): number {
    return this.runs.length;
  }

  get isLive(): boolean {
    return this.count > 2 * this.devices.size && this.row < this.count * LIVE_RUN_ROWS;
  }

  finish(end: number): RunIndex {
    this.close(end);
    return { runs: this.runs, live: this.isLive };
  }

  protected begin(key: string, at: number): void {
    this.close(at);
    this.devices.add(key);
    this.key = key;
    this.from = this.runs.length === 0 ? 0 : at;
    this.firstRow = this.runs.length === 0 ? 0 : this.row;
  }

  private close(at: number): void {
    if (this.key === null) return;
    const { key, from, firstRow } = this;
    this.runs.push({ key, from, to: at, firstRow, rows: this.row - firstRow });
    this.key = null;
  }
}
