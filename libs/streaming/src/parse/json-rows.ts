import type { Sensor } from '@hark/contracts';
import { byteOrderMark } from './byte-order-mark.js';
import { isSpace, JsonCursor } from './json-cursor.js';
import { readJsonRow, rowText, takeJsonRow } from './json-row.js';
import { NUMBER_REACH, NumberScanner } from './number-scanner.js';
import { readArrival } from './row-rules.js';
import { MAX_REJECTED_TEXT, MAX_ROW_BYTES, type RowSink } from './row-sink.js';
import { RowTemplate, Slot } from './row-template.js';
import { StreamCache } from './stream-cache.js';

const LF = 0x0a;
const SPACE = 0x20;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

/** Keys of the fast path, each with a bit to notice a second one. */
const enum Key {
  User = 1,
  Device = 2,
  Model = 4,
  Sensor = 8,
  Gt = 16,
  Time = 32,
  Arrival = 64,
  X = 128,
  Y = 256,
  Z = 512,
  Index = 1024,
}

/** By their first byte, which no two share: the key with its closing quote. */
const KEYS: { readonly bit: Key; readonly bytes: Uint8Array }[] = [];
for (const [name, bit] of [
  ['User', Key.User],
  ['Device', Key.Device],
  ['Model', Key.Model],
  ['Sensor', Key.Sensor],
  ['gt', Key.Gt],
  ['Creation_Time', Key.Time],
  ['Arrival_Time', Key.Arrival],
  ['x', Key.X],
  ['y', Key.Y],
  ['z', Key.Z],
  ['Index', Key.Index],
] as const) {
  KEYS[name.charCodeAt(0)] = { bit, bytes: new TextEncoder().encode(`${name}"`) };
}
for (let byte = 0; byte < 256; byte++) KEYS[byte] ??= { bit: 0 as Key, bytes: new Uint8Array(0) };

/** A row needs these; without one it is for the slow path to say what is missing. */
const NEEDED = Key.User | Key.Device | Key.Time | Key.X | Key.Y | Key.Z;

/** Bytes from a key's opening quote that the fast path may look at before it checks again. */
const REACH = NUMBER_REACH + 32;

export interface JsonRowsOptions {
  /** Of rows without a `Sensor` of their own. */
  readonly sensor?: Sensor | undefined;
}

/**
 * HHAR rows as JSON: one object a line, an array of objects, one object, or any of these one after the other. Keys in
 * any order, unknown ones ignored. A row that is not well-formed JSON costs itself: reading goes on behind its line,
 * or inside an array behind the element. The fast path takes plain rows; everything else goes to {@link readJsonRow}.
 */
export class JsonRows {
  private row = 0;
  private inArray = false;
  private begun = false;
  /** After a fault: what is being passed over. */
  private passing: 'nothing' | 'line' | 'element' = 'nothing';
  private depth = 0;
  private inString = false;
  private escaped = false;
  private readonly cache: StreamCache;
  private readonly numbers = new NumberScanner();
  private readonly template = new RowTemplate();
  private readonly sensor: Sensor | undefined;

  constructor(options: JsonRowsOptions = {}) {
    this.sensor = options.sensor;
    this.cache = new StreamCache(options.sensor);
  }

  /** Rows met so far, good and bad. */
  get rows(): number {
    return this.row;
  }

  /**
   * Reads the whole rows of `input`, or all of it when it is the last.
   *
   * @returns bytes consumed; the rest is to come again in front of the next bytes.
   * @throws TooManyStreamsError
   */
  parse(input: Uint8Array, sink: RowSink, { last }: { last: boolean }): number {
    const bytes = new Uint8Array(input.buffer, input.byteOffset, input.length);
    this.cache.begin(sink);
    this.numbers.begin(bytes);
    this.template.read(bytes);
    const { length } = bytes;
    let p = 0;
    if (!this.begun) {
      const mark = byteOrderMark(bytes, last);
      if (mark === null) return 0;
      this.begun = true;
      p = mark;
    }
    for (;;) {
      if (this.passing !== 'nothing') p = this.pass(bytes, p);
      else if (p < length && bytes[p] === OPEN_BRACE) p = this.fastRows(bytes, p, sink);
      if (p >= length) break;
      if (this.passing !== 'nothing') continue;
      const byte = bytes[p];
      if (isSpace(byte) || byte === COMMA) p++;
      else if (byte === OPEN_BRACKET && !this.inArray) {
        this.inArray = true;
        p++;
      } else if (byte === CLOSE_BRACKET && this.inArray) {
        this.inArray = false;
        p++;
      } else {
        const next = this.slowRow(bytes, p, sink, last);
        if (next < 0) break;
        p = next;
      }
    }
    if (last && this.inArray) {
      sink.reject(++this.row, 'malformed', 'the array does not end', '', null);
      this.inArray = false;
    }
    return p;
  }

  /** Takes plain rows from the brace at `start` on; returns the position of what it did not take. */
  private fastRows(bytes: Uint8Array, start: number, sink: RowSink): number {
    const { cache, numbers, template } = this;
    const { builder, defaultArrivalMs } = sink;
    const safe = bytes.length - REACH;
    let rowStart = start;
    for (;;) {
      rowStart = template.takeRows(rowStart, numbers, builder, defaultArrivalMs);
      this.row += template.taken;
      if (rowStart >= bytes.length || bytes[rowStart] !== OPEN_BRACE) return rowStart;
      template.begin(rowStart);
      let p = rowStart + 1;
      let seen = 0;
      let ms = 0;
      let subNs = 0;
      let arrivalMs = defaultArrivalMs;
      let x = 0;
      let y = 0;
      let z = 0;
      let user = 0;
      let device = 0;
      let model = cache.unknownModel;
      let sensor = cache.defaultSensor;
      let gt = cache.unlabelled;
      for (;;) {
        if (p > safe) return rowStart;
        if (bytes[p] === SPACE) p++;
        if (bytes[p] !== QUOTE) return rowStart;
        const key = KEYS[bytes[++p]];
        const name = key.bytes;
        for (let i = 1; i < name.length; i++) {
          if (bytes[p + i] !== name[i]) return rowStart;
        }
        p += name.length;
        const { bit } = key;
        if ((seen & bit) !== 0 || bytes[p] !== COLON) return rowStart;
        seen |= bit;
        p++;
        if (bytes[p] === SPACE) p++;
        if (bit >= Key.Time) {
          const quoted = bit === Key.Time && bytes[p] === QUOTE;
          if (quoted) p++;
          const number = p;
          p = bit === Key.Time ? numbers.scanTime(p) : numbers.scanFloat(p);
          if (p < 0) return rowStart;
          template.slot(slotOf(bit), number, p);
          if (bit === Key.Time) {
            ms = numbers.ms;
            subNs = numbers.subNs;
          } else if (bit === Key.Arrival) arrivalMs = readArrival(numbers.value, defaultArrivalMs);
          else if (bit === Key.X) x = numbers.value;
          else if (bit === Key.Y) y = numbers.value;
          else if (bit === Key.Z) z = numbers.value;
          if (quoted && bytes[p++] !== QUOTE) return rowStart;
        } else if (bit === Key.Gt && isNull(bytes, p)) {
          gt = cache.unlabelled;
          p += 4;
        } else {
          if (bytes[p] !== QUOTE) return rowStart;
          p++;
          const values =
            bit === Key.User
              ? cache.user
              : bit === Key.Device
                ? cache.device
                : bit === Key.Model
                  ? cache.model
                  : bit === Key.Gt
                    ? cache.gt
                    : cache.sensor;
          let code = values.last;
          let end = values.matchLast(bytes, p);
          if (end < 0 || end > safe || bytes[end] !== QUOTE) {
            end = p;
            while (end < safe && bytes[end] !== QUOTE && bytes[end] >= SPACE && bytes[end] !== BACKSLASH)
              end++;
            if (bytes[end] !== QUOTE) return rowStart;
            code = values.codeOf(bytes, p, end);
          }
          p = end + 1;
          if (bit === Key.User) user = code;
          else if (bit === Key.Device) device = code;
          else if (bit === Key.Model) model = code;
          else if (bit === Key.Gt) gt = code;
          else sensor = code;
        }
        if (bytes[p] === SPACE) p++;
        if (bytes[p] === COMMA) p++;
        else if (bytes[p] === CLOSE_BRACE) break;
        else return rowStart;
      }
      p++;
      if ((seen & NEEDED) !== NEEDED || p - rowStart > MAX_ROW_BYTES) return rowStart;
      const stream = cache.isActivity(gt) ? cache.streamOf(user, device, model, sensor) : -1;
      const label = stream < 0 ? -1 : cache.labelOf(gt);
      if (label < 0) return rowStart;
      this.row++;
      builder.push(stream, ms, subNs, arrivalMs, x, y, z, label);
      cache.forgetWhenFull();
      while (p < bytes.length && (isSpace(bytes[p]) || bytes[p] === COMMA)) p++;
      template.end(p, stream, label);
      if (p >= bytes.length || bytes[p] !== OPEN_BRACE) return p;
      rowStart = p;
    }
  }

  /** One row of any form; −1 when more bytes are needed. */
  private slowRow(bytes: Uint8Array, start: number, sink: RowSink, last: boolean): number {
    const limit = Math.min(bytes.length, start + MAX_ROW_BYTES);
    const cut = limit === bytes.length && !last;
    if (bytes[start] !== OPEN_BRACE) return this.slowElement(bytes, start, limit, cut, sink);
    const read = readJsonRow(bytes, start, limit);
    if (read === 'incomplete') {
      if (cut) return -1;
      return this.refuse(bytes, start, cut, sink, this.unfinished(start, limit));
    }
    if ('syntax' in read) return this.refuse(bytes, start, cut, sink, `not JSON: ${read.syntax}`);
    takeJsonRow(read, bytes, start, ++this.row, this.sensor, sink);
    this.cache.forgetWhenFull();
    return read.end;
  }

  /** Something that is not an object. */
  private slowElement(bytes: Uint8Array, start: number, limit: number, cut: boolean, sink: RowSink): number {
    if (!this.inArray) return this.refuse(bytes, start, cut, sink, 'a row is a JSON object');
    const cursor = new JsonCursor(bytes, start, limit);
    const kind = cursor.skip();
    const end = cursor.position;
    if (kind === null || (end === limit && cut)) {
      if (cursor.error !== null) return this.refuse(bytes, start, cut, sink, `not JSON: ${cursor.error}`);
      return cut ? -1 : this.refuse(bytes, start, cut, sink, this.unfinished(start, limit));
    }
    const text = rowText(bytes, start, end);
    sink.reject(++this.row, 'malformed', 'a row is a JSON object', text, null);
    return end;
  }

  private unfinished(start: number, limit: number): string {
    return limit - start === MAX_ROW_BYTES
      ? `the row is longer than ${MAX_ROW_BYTES} bytes`
      : 'not JSON: the row is cut off';
  }

  /** Refuses what starts here and passes over it: the line, or in an array the element. */
  private refuse(bytes: Uint8Array, start: number, cut: boolean, sink: RowSink, message: string): number {
    const newline = bytes.indexOf(LF, start);
    // Not yet: the text that is kept must not depend on how the bytes were cut.
    if (newline < 0 && cut && bytes.length - start < MAX_REJECTED_TEXT) return -1;
    const text = rowText(bytes, start, newline < 0 ? bytes.length : newline).trimEnd();
    sink.reject(++this.row, 'malformed', message, text, null);
    this.passing = this.inArray ? 'element' : 'line';
    this.depth = 0;
    this.inString = false;
    this.escaped = false;
    return start;
  }

  private pass(bytes: Uint8Array, start: number): number {
    if (this.passing === 'element') return this.passElement(bytes, start);
    const newline = bytes.indexOf(LF, start);
    if (newline < 0) return bytes.length;
    this.passing = 'nothing';
    return newline + 1;
  }

  /** Up to the end of its brackets, or outside of any to a comma, a closing bracket or the end of the line. */
  private passElement(bytes: Uint8Array, start: number): number {
    for (let p = start; p < bytes.length; p++) {
      const byte = bytes[p];
      if (byte === LF) this.inString = this.escaped = false;
      if (this.inString) {
        if (this.escaped) this.escaped = false;
        else if (byte === BACKSLASH) this.escaped = true;
        else if (byte === QUOTE) this.inString = false;
        continue;
      }
      if (byte === QUOTE) this.inString = true;
      else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) this.depth++;
      else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
        if (this.depth === 0 && byte === CLOSE_BRACKET) return this.passed(p);
        if (this.depth > 0) this.depth--;
        if (this.depth === 0) return this.passed(p + 1);
      } else if (this.depth === 0 && (byte === COMMA || byte === LF)) return this.passed(p);
    }
    return bytes.length;
  }

  private passed(position: number): number {
    this.passing = 'nothing';
    return position;
  }
}

function slotOf(bit: Key): Slot {
  switch (bit) {
    case Key.Time:
      return Slot.Time;
    case Key.Arrival:
      return Slot.Arrival;
    case Key.X:
      return Slot.X;
    case Key.Y:
      return Slot.Y;
    case Key.Z:
      return Slot.Z;
    default:
      return Slot.Number;
  }
}

function isNull(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === 0x6e && bytes[at + 1] === 0x75 && bytes[at + 2] === 0x6c && bytes[at + 3] === 0x6c;
}
