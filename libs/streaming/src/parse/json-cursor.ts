/** Nesting of values that are skipped, at most. */
const MAX_NESTING = 64;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const MINUS = 0x2d;

export type JsonKind = 'string' | 'number' | 'null' | 'other';

const LITERALS = new Map<number, { readonly bytes: Uint8Array; readonly kind: JsonKind }>(
  ['null', 'true', 'false'].map((word) => [
    word.charCodeAt(0),
    { bytes: new TextEncoder().encode(word), kind: word === 'null' ? ('null' as const) : ('other' as const) },
  ]),
);

/**
 * Walks over JSON text (RFC 8259) without building values and without recursion. A method that returns `null` or
 * `false` has met the end of the bytes (`error` stays `null`: more are needed) or a fault (`error` says which).
 */
export class JsonCursor {
  error: string | null = null;
  /** Set by {@link member} at the end of the object. */
  closed = false;

  constructor(
    readonly bytes: Uint8Array,
    public position: number,
    readonly end: number,
  ) {}

  /** The next byte that is not white space, −1 at the end; stays in front of it. */
  peek(): number {
    const { bytes, end } = this;
    let p = this.position;
    while (p < end && isSpace(bytes[p])) p++;
    this.position = p;
    return p < end ? bytes[p] : -1;
  }

  /** Takes this byte, white space in front of it skipped. */
  take(byte: number, what: string): boolean {
    const next = this.peek();
    if (next !== byte) return next < 0 ? false : this.fail(`${what} expected`);
    this.position++;
    return true;
  }

  /** Skips one value of any kind. */
  skip(): JsonKind | null {
    const first = this.peek();
    if (first < 0) return null;
    if (first === QUOTE) return this.skipString() ? 'string' : null;
    if (first === MINUS || isDigit(first)) return this.skipNumber() ? 'number' : null;
    const literal = LITERALS.get(first);
    if (literal !== undefined) return this.skipLiteral(literal.bytes) ? literal.kind : null;
    if (first !== OPEN_BRACE && first !== OPEN_BRACKET) {
      this.fail('a value expected');
      return null;
    }
    return this.skipNested() ? 'other' : null;
  }

  /** Skips a string that starts here. */
  skipString(): boolean {
    const { bytes, end } = this;
    if (!this.take(QUOTE, 'a string')) return false;
    let p = this.position;
    for (;;) {
      if (p >= end) return false;
      const byte = bytes[p];
      if (byte === QUOTE) break;
      if (byte < 0x20) return this.fail('a control character in a string');
      if (byte !== BACKSLASH) {
        p++;
        continue;
      }
      if (p + 1 >= end) return false;
      const escape = bytes[p + 1];
      p += 2;
      if (escape === 0x75) {
        for (const stop = p + 4; p < stop; p++) {
          if (p >= end) return false;
          if (!isHex(bytes[p])) return this.fail('an escape that is none');
        }
      } else if (!ESCAPES.has(escape)) return this.fail('an escape that is none');
    }
    this.position = p + 1;
    return true;
  }

  /** Key of the next member of an object, its value being next; `null` with `closed` set behind the last. */
  member(first: boolean): { readonly start: number; readonly end: number } | null {
    if (this.peek() === CLOSE_BRACE) {
      this.position++;
      this.closed = true;
      return null;
    }
    if (!first && !this.take(COMMA, 'a comma')) return null;
    if (this.peek() < 0) return null;
    const start = this.position;
    if (!this.skipString()) return null;
    const key = { start, end: this.position };
    if (!this.take(COLON, 'a colon') || this.peek() < 0) return null;
    return key;
  }

  /** The value of a string that stands at `start`, quotes included; `null` when it is not UTF-8. */
  string(start: number, end: number): string | null {
    try {
      const text = UTF8.decode(this.bytes.subarray(start, end));
      return text.includes('\\') ? (JSON.parse(text) as string) : text.slice(1, -1);
    } catch {
      return null;
    }
  }

  fail(error: string): false {
    this.error ??= error;
    return false;
  }

  private skipNumber(): boolean {
    const { bytes, end } = this;
    let p = this.position;
    const digits = (): boolean => {
      const start = p;
      while (p < end && isDigit(bytes[p])) p++;
      return p > start || (p < end && this.fail('a digit expected'));
    };
    if (bytes[p] === MINUS) p++;
    if (bytes[p] === 0x30 && p < end) p++;
    else if (!digits()) return false;
    if (p < end && bytes[p] === 0x2e) {
      p++;
      if (!digits()) return false;
    }
    if (p < end && (bytes[p] === 0x45 || bytes[p] === 0x65)) {
      p++;
      if (p < end && (bytes[p] === 0x2b || bytes[p] === MINUS)) p++;
      if (!digits()) return false;
    }
    this.position = p;
    return true;
  }

  private skipLiteral(word: Uint8Array): boolean {
    for (let i = 0; i < word.length; i++) {
      if (this.position + i >= this.end) return false;
      if (this.bytes[this.position + i] !== word[i]) return this.fail('a value expected');
    }
    this.position += word.length;
    return true;
  }

  /** An object or array, with its content. */
  private skipNested(): boolean {
    /** The closing brackets still to come. */
    const open: number[] = [];
    let state = Expect.Value;
    do {
      const byte = this.peek();
      if (byte < 0) return false;
      const close = open.at(-1);
      if (byte === close && (state === Expect.FirstOrClose || state === Expect.CommaOrClose)) {
        this.position++;
        open.pop();
        state = Expect.CommaOrClose;
      } else if (state === Expect.CommaOrClose) {
        if (!this.take(COMMA, 'a comma or a closing bracket')) return false;
        state = Expect.Next;
      } else if (close === CLOSE_BRACE && state !== Expect.Value) {
        if (!this.skipString() || !this.take(COLON, 'a colon')) return false;
        state = Expect.Value;
      } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
        if (open.length === MAX_NESTING) return this.fail(`nested deeper than ${MAX_NESTING}`);
        this.position++;
        open.push(byte === OPEN_BRACE ? CLOSE_BRACE : CLOSE_BRACKET);
        state = Expect.FirstOrClose;
      } else {
        if (this.skip() === null) return false;
        state = Expect.CommaOrClose;
      }
    } while (open.length > 0);
    return true;
  }
}

const enum Expect {
  /** The first key or element, or the closing bracket. */
  FirstOrClose,
  /** A key or an element, after a comma. */
  Next,
  /** A value, after a colon. */
  Value,
  CommaOrClose,
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const ESCAPES = new Set(['"', '\\', '/', 'b', 'f', 'n', 'r', 't'].map((c) => c.charCodeAt(0)));

export function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

function isHex(byte: number): boolean {
  return isDigit(byte) || (byte >= 0x41 && byte <= 0x46) || (byte >= 0x61 && byte <= 0x66);
}
