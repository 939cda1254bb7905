import type { JsonCursor } from './json-cursor.js';
import { NUMBER_REACH, type NumberScanner } from './number-scanner.js';
import { readNumber, readTime, Unusable } from './row-rules.js';
import { MAX_REJECTED_TEXT } from './row-sink.js';

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

/**
 * A JSON array read into a reused column of numbers. An entry that is not what the column holds is NaN, and `bad`
 * keeps it as written (`undefined` for `null`), so that its row alone is refused.
 */
export class NumberColumn {
  length = 0;
  values = new Float64Array(256);
  readonly bad = new Map<number, string | Unusable | undefined>();
  /** Whether the object has this column at all; `null` counts as absent. */
  present = false;

  clear(): void {
    this.length = 0;
    this.present = false;
    this.bad.clear();
  }

  /** Reads an array of numbers at the cursor. @returns false when the cursor has met its end or a fault. */
  read(cursor: JsonCursor, numbers: NumberScanner): boolean {
    return this.readArray(cursor, () => this.readEntry(cursor, numbers));
  }

  /** Reads `[entry, entry, …]`; `entry` reads one value and pushes it. */
  protected readArray(cursor: JsonCursor, entry: () => boolean): boolean {
    this.present = true;
    if (!cursor.take(OPEN_BRACKET, 'an array')) return false;
    if (cursor.peek() === CLOSE_BRACKET) {
      cursor.position++;
      return true;
    }
    for (;;) {
      if (cursor.peek() < 0 || !entry()) return false;
      const next = cursor.peek();
      if (next === CLOSE_BRACKET) {
        cursor.position++;
        return true;
      }
      if (!cursor.take(COMMA, 'a comma or a closing bracket')) return false;
    }
  }

  protected push(value: number): void {
    if (this.length === this.values.length) {
      const larger = new Float64Array(this.length * 4);
      larger.set(this.values);
      this.values = larger;
    }
    this.values[this.length++] = value;
  }

  protected pushBad(as: string | Unusable | undefined): void {
    this.bad.set(this.length, as);
    this.push(NaN);
  }

  /** Reads an entry of any kind: a string stays text, a number stays as written. */
  protected readAny(cursor: JsonCursor, take: (text: string, kind: 'string' | 'number') => void): boolean {
    const start = cursor.position;
    const kind = cursor.skip();
    if (kind === null) return false;
    const end = cursor.position;
    if (kind === 'null') this.pushBad(undefined);
    else {
      const written = LENIENT.decode(cursor.bytes.subarray(start, Math.min(end, start + MAX_REJECTED_TEXT)));
      const text = kind === 'string' ? cursor.string(start, end) : written;
      if (kind === 'other' || text === null || text.length > MAX_REJECTED_TEXT - 1) {
        this.pushBad(new Unusable(written));
      } else take(text, kind);
    }
    return true;
  }

  private readEntry(cursor: JsonCursor, numbers: NumberScanner): boolean {
    if (cursor.position + NUMBER_REACH <= cursor.end) {
      const end = numbers.scanFloat(cursor.position);
      if (end >= 0) {
        cursor.position = end;
        this.push(numbers.value);
        return true;
      }
    }
    return this.readAny(cursor, (text, kind) => {
      const value = kind === 'number' ? readNumber(text) : NaN;
      if (Number.isFinite(value)) this.push(value);
      else this.pushBad(kind === 'number' ? text : new Unusable(JSON.stringify(text)));
    });
  }
}

/** A column of nanoseconds: `values` holds the milliseconds, `subNs` the rest. */
export class TimeColumn extends NumberColumn {
  subNs = new Int32Array(256);

  override read(cursor: JsonCursor, numbers: NumberScanner): boolean {
    return this.readArray(cursor, () => this.readTime(cursor, numbers));
  }

  private readTime(cursor: JsonCursor, numbers: NumberScanner): boolean {
    if (cursor.position + NUMBER_REACH <= cursor.end) {
      const quoted = cursor.bytes[cursor.position] === QUOTE;
      const end = numbers.scanTime(quoted ? cursor.position + 1 : cursor.position);
      if (end >= 0 && (quoted ? cursor.bytes[end] === QUOTE : !goesOn(cursor.bytes[end]))) {
        cursor.position = quoted ? end + 1 : end;
        this.pushTime(numbers.ms, numbers.subNs);
        return true;
      }
    }
    return this.readAny(cursor, (text) => {
      const time = readTime(text);
      if (time === null) this.pushBad(text);
      else this.pushTime(time.ms, time.subNs);
    });
  }

  private pushTime(ms: number, subNs: number): void {
    this.push(ms);
    if (this.subNs.length < this.values.length) {
      const larger = new Int32Array(this.values.length);
      larger.set(this.subNs);
      this.subNs = larger;
    }
    this.subNs[this.length - 1] = subNs;
  }
}

/** Whether a number whose digits end here has a fraction or an exponent. */
function goesOn(byte: number): boolean {
  return byte === 0x2e || byte === 0x45 || byte === 0x65;
}

const LENIENT = new TextDecoder('utf-8', { ignoreBOM: true });
