import { indexOfLineFeed } from './line-feed.js';
import { LineTail } from './line-tail.js';
import { RunScanner } from './run-index.js';

const LF = 10;
const CR = 13;
const QUOTE = 0x22;
const COMMA = 0x2c;

/**
 * Runs of a CSV file, by the positions of its columns User and Device. A line that ends as the one before it, from the
 * first of the two on, is of the same device: nothing more is looked at.
 */
export class CsvRunScanner extends RunScanner {
  private readonly decoder = new TextDecoder();
  private previous: Uint8Array = new Uint8Array(0);
  private split = 0;
  private readonly tail = new LineTail();
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
    const { user, device, delimiter, tail } = this;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    let p = start;
    while (p < end) {
      const line = p;
      const lineFeed = indexOfLineFeed(bytes, view, p, end);
      if (tail.ends(view, line, lineFeed)) {
        this.row++;
        p = lineFeed + 1;
        continue;
      }
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
      tail.forget();
      if (lineEnd === line || (lineEnd === line + 1 && bytes[line] === CR)) continue;
      if (userFrom >= 0 && deviceFrom >= 0) {
        // From the delimiter in front of the first of the two on: another line may end alike within a name.
        const tailFrom = Math.min(userFrom, deviceFrom) - 1;
        if (tailFrom >= line) tail.remember(bytes, tailFrom, lineEnd);
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
