import type { ByteRange, ByteSource } from './byte-source.js';

/** A run of neighbouring rows of one user and device in a file. */
export interface Run extends ByteRange {
  readonly key: string;
  /** Rows of the file before the run. */
  readonly firstRow: number;
  readonly rows: number;
}

const LF = 10;
const CR = 13;
const QUOTE = 0x22;
const COMMA = 0x2c;
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

/** Runs of a CSV file, by the positions of its columns User and Device. */
export class CsvRunScanner extends RunScanner {
  private readonly decoder = new TextDecoder();
  private previous: Uint8Array = new Uint8Array(0);
  private split = 0;
  private readonly user: number;
  private readonly device: number;
  private readonly delimiter: number;

  constructor(columns: readonly string[], delimiter: ',' | '\t') {
    super();
    this.user = columns.indexOf('User');
    this.device = columns.indexOf('Device');
    this.delimiter = delimiter.charCodeAt(0);
  }

  scan(bytes: Uint8Array, start: number, end: number, base: number): void {
    const { user, device, delimiter } = this;
    let p = start;
    while (p < end) {
      const line = p;
      let column = 0;
      let field = p;
      let quoted = false;
      let userFrom = -1;
      let userTo = -1;
      let deviceFrom = -1;
      let deviceTo = -1;
      for (; ; p++) {
        const byte = p < end ? bytes[p] : LF;
        if (byte > COMMA) continue;
        if (byte === QUOTE) quoted = !quoted;
        if (byte !== LF && (byte !== delimiter || quoted)) continue;
        if (column === user) {
          userFrom = field;
          userTo = p;
        } else if (column === device) {
          deviceFrom = field;
          deviceTo = p;
        }
        column++;
        field = p + 1;
        if (byte === LF) break;
      }
      const lineEnd = p++;
      if (lineEnd === line || (lineEnd === line + 1 && bytes[line] === CR)) continue;
      if (userFrom >= 0 && deviceFrom >= 0) {
        if (deviceTo === lineEnd && bytes[deviceTo - 1] === CR) deviceTo--;
        if (userTo === lineEnd && bytes[userTo - 1] === CR) userTo--;
        if (!this.same(bytes, userFrom, userTo, deviceFrom, deviceTo)) {
          this.remember(bytes, userFrom, userTo, deviceFrom, deviceTo);
          this.begin(this.keyText(), base + line);
        }
      }
      this.row++;
    }
  }

  private same(
    bytes: Uint8Array,
    userFrom: number,
    userTo: number,
    deviceFrom: number,
    deviceTo: number,
  ): boolean {
    const { previous, split } = this;
    if (userTo - userFrom !== split || deviceTo - deviceFrom !== previous.length - split) return false;
    for (let i = 0; i < split; i++) if (bytes[userFrom + i] !== previous[i]) return false;
    for (let i = split; i < previous.length; i++) {
      if (bytes[deviceFrom + i - split] !== previous[i]) return false;
    }
    return previous.length > 0;
  }

  private remember(
    bytes: Uint8Array,
    userFrom: number,
    userTo: number,
    deviceFrom: number,
    deviceTo: number,
  ): void {
    this.split = userTo - userFrom;
    this.previous = new Uint8Array(this.split + deviceTo - deviceFrom);
    this.previous.set(bytes.subarray(userFrom, userTo));
    this.previous.set(bytes.subarray(deviceFrom, deviceTo), this.split);
  }

  private keyText(): string {
    const text = (bytes: Uint8Array): string =>
      this.decoder
        .decode(bytes)
        .trim()
        .replace(/^"(.*)"$/, '$1');
    return `${text(this.previous.subarray(0, this.split))}\u0000${text(this.previous.subarray(this.split))}`;
  }
}

/** Runs of a file of JSON lines. */
export class JsonRunScanner extends RunScanner {
  private readonly decoder = new TextDecoder();
  private last = '';

  scan(bytes: Uint8Array, start: number, end: number, base: number): void {
    for (let p = start; p < end;) {
      const found = bytes.indexOf(LF, p);
      const lineEnd = found < 0 || found > end ? end : found;
      const line = this.decoder.decode(bytes.subarray(p, lineEnd));
      if (line.trim() !== '') {
        const user = USER.exec(line);
        const device = DEVICE.exec(line);
        if (user !== null && device !== null) {
          const key = `${user[1]}\u0000${device[1]}`;
          if (key !== this.last) {
            this.last = key;
            this.begin(key, base + p);
          }
        }
        this.row++;
      }
      p = lineEnd + 1;
    }
  }
}

const USER = /"User"\s*:\s*"((?:[^"\\]|\\.)*)"/;
const DEVICE = /"Device"\s*:\s*"((?:[^"\\]|\\.)*)"/;
