import type { Sensor } from '@hark/contracts';
import { byteOrderMark } from './byte-order-mark.js';
import { csvLayout, isHeader, MissingHeaderError, type CsvLayout } from './csv-header.js';
import { splitCsvLine } from './csv-line.js';
import { NUMBER_REACH, NumberScanner } from './number-scanner.js';
import { readArrival, takeRow } from './row-rules.js';
import { MAX_REJECTED_TEXT, MAX_ROW_BYTES, type Column, type RowSink } from './row-sink.js';
import { RowTemplate, Slot } from './row-template.js';
import { StreamCache } from './stream-cache.js';

const LF = 10;
const CR = 13;
const QUOTE = 0x22;
const SPACE = 0x20;
const COMMA = 0x2c;
const TAB = 9;

/** What the fast path does with a field. */
const enum Field {
  Skip,
  Time,
  Arrival,
  X,
  Y,
  Z,
  User,
  Device,
  Model,
  Sensor,
  Gt,
}

const FIELD_OF: Record<Column, Field> = {
  Creation_Time: Field.Time,
  Arrival_Time: Field.Arrival,
  x: Field.X,
  y: Field.Y,
  z: Field.Z,
  User: Field.User,
  Device: Field.Device,
  Model: Field.Model,
  Sensor: Field.Sensor,
  gt: Field.Gt,
};

/** By field, the slot of its number in a row's form. */
const SLOT_OF = [Slot.Digits, Slot.Time, Slot.Arrival, Slot.X, Slot.Y, Slot.Z];

/** Columns whose empty field is an absent value rather than an empty one. */
const ABSENT_WHEN_EMPTY = new Set<Column>(['Creation_Time', 'Arrival_Time', 'x', 'y', 'z', 'Sensor', 'gt']);

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const UTF8_LENIENT = new TextDecoder('utf-8', { ignoreBOM: true });

export interface CsvRowsOptions {
  /** Of rows without a `Sensor` of their own. */
  readonly sensor?: Sensor | undefined;
  /** Names of the columns when the text has no header line; a header line wins over it. */
  readonly columns?: readonly string[] | undefined;
}

/**
 * HHAR rows as CSV: header in any order, comma or tab, LF or CRLF, byte order mark, quoted fields, blank lines.
 * A line is read twice only when it is out of the ordinary: the fast path takes what it is sure of, everything
 * else goes to {@link takeRow}.
 */
export class CsvRows {
  private layout: CsvLayout | null;
  private fields = new Uint8Array(0);
  private delimiter = 0;
  private started = false;
  private row = 0;
  /** Inside a line that is too long and has been refused already. */
  private skipping = false;
  private readonly cache: StreamCache;
  private readonly numbers = new NumberScanner();
  private readonly template = new RowTemplate();
  private readonly sensor: Sensor | undefined;

  /** @throws HeaderColumnsError when `columns` lacks one that every row needs. */
  constructor(options: CsvRowsOptions = {}) {
    this.sensor = options.sensor;
    this.layout = options.columns === undefined ? null : csvLayout(options.columns);
    this.cache = new StreamCache(options.sensor);
  }

  /** Rows met so far, good and bad. */
  get rows(): number {
    return this.row;
  }

  /**
   * Reads the whole lines of `input`, or all of it when it is the last.
   *
   * @returns bytes consumed; the rest is to come again in front of the next bytes.
   * @throws MissingHeaderError, HeaderColumnsError, TooManyStreamsError
   */
  parse(input: Uint8Array, sink: RowSink, { last }: { last: boolean }): number {
    // A plain view: the hot loop then sees one kind of array, whatever subclass came in.
    const bytes = new Uint8Array(input.buffer, input.byteOffset, input.length);
    this.cache.begin(sink);
    this.numbers.begin(bytes);
    this.template.read(bytes);
    let p = 0;
    if (!this.started) {
      const mark = byteOrderMark(bytes, last);
      if (mark === null) return 0;
      this.started = true;
      p = mark;
    }
    while (p < bytes.length) {
      if (this.layout !== null && !this.skipping) p = this.fastLines(bytes, p, sink);
      if (p >= bytes.length) break;
      const next = this.slowLine(bytes, p, sink, last);
      if (next === p) break;
      p = next;
    }
    return p;
  }

  /** Takes rows as long as they are plain; returns the start of the first line that it did not take. */
  private fastLines(bytes: Uint8Array, start: number, sink: RowSink): number {
    const { cache, numbers, template, fields, delimiter } = this;
    const { builder, defaultArrivalMs } = sink;
    const { user, device, model, sensor, gt } = cache;
    const length = bytes.length;
    const columns = fields.length;
    if (columns === 0) return start;
    let lineStart = start;
    for (;;) {
      lineStart = template.takeRows(lineStart, numbers, builder, defaultArrivalMs);
      this.row += template.taken;
      if (lineStart === length) return lineStart;
      template.begin(lineStart);
      let p = lineStart;
      let ms = 0;
      let subNs = 0;
      let arrivalMs = defaultArrivalMs;
      let x = 0;
      let y = 0;
      let z = 0;
      let userCode = 0;
      let deviceCode = 0;
      let modelCode = cache.unknownModel;
      let sensorCode = cache.defaultSensor;
      let gtCode = cache.unlabelled;
      for (let column = 0; column < columns; column++) {
        const field = fields[column];
        let end: number;
        if (field <= Field.Z) {
          if (field === Field.Skip) {
            end = p;
            while (end < length) {
              const byte = bytes[end];
              if (byte === delimiter || byte < SPACE || byte === QUOTE || byte > 0x7e) break;
              end++;
            }
            if (areDigits(bytes, p, end)) template.slot(Slot.Digits, p, end);
          } else {
            if (p + NUMBER_REACH > length) return lineStart;
            end = field === Field.Time ? numbers.scanTime(p) : numbers.scanFloat(p);
            if (end < 0) return lineStart;
            if (field === Field.Time) {
              ms = numbers.ms;
              subNs = numbers.subNs;
            } else if (field === Field.Arrival) arrivalMs = readArrival(numbers.value, defaultArrivalMs);
            else if (field === Field.X) x = numbers.value;
            else if (field === Field.Y) y = numbers.value;
            else z = numbers.value;
            template.slot(SLOT_OF[field], p, end);
          }
        } else {
          const values =
            field === Field.User
              ? user
              : field === Field.Device
                ? device
                : field === Field.Model
                  ? model
                  : field === Field.Gt
                    ? gt
                    : sensor;
          let code = values.last;
          end = values.matchLast(bytes, p);
          if (
            end < 0 ||
            end >= length ||
            (bytes[end] !== delimiter && bytes[end] !== LF && bytes[end] !== CR)
          ) {
            end = p;
            while (end < length) {
              const byte = bytes[end];
              if (byte === delimiter || byte < SPACE) break;
              end++;
            }
            if (end === p && field === Field.Sensor) code = cache.defaultSensor;
            else code = values.codeOf(bytes, p, end);
          }
          if (field === Field.User) userCode = code;
          else if (field === Field.Device) deviceCode = code;
          else if (field === Field.Model) modelCode = code;
          else if (field === Field.Gt) gtCode = code;
          else sensorCode = code;
        }
        if (end >= length) return lineStart;
        p = end + 1;
        if (column < columns - 1) {
          if (bytes[end] !== delimiter) return lineStart;
        } else if (bytes[end] !== LF) {
          if (bytes[end] !== CR || p >= length || bytes[p] !== LF) return lineStart;
          p++;
        }
      }
      if (p - lineStart > MAX_ROW_BYTES) return lineStart;
      const stream = cache.isActivity(gtCode)
        ? cache.streamOf(userCode, deviceCode, modelCode, sensorCode)
        : -1;
      const label = stream < 0 ? -1 : cache.labelOf(gtCode);
      if (label < 0) return lineStart;
      this.row++;
      builder.push(stream, ms, subNs, arrivalMs, x, y, z, label);
      template.end(p, stream, label);
      lineStart = p;
      cache.forgetWhenFull();
      if (lineStart === length) return lineStart;
    }
  }

  /** Takes one line of any form; returns `start` when it is not complete. */
  private slowLine(bytes: Uint8Array, start: number, sink: RowSink, last: boolean): number {
    const found = bytes.indexOf(LF, start);
    const end = found < 0 ? bytes.length : found;
    const next = found < 0 ? end : end + 1;
    const complete = found >= 0 || last;
    if (this.skipping) {
      this.skipping = !complete;
      return next;
    }
    if (end - start > MAX_ROW_BYTES) {
      this.skipping = !complete;
      const text = UTF8_LENIENT.decode(bytes.subarray(start, start + MAX_REJECTED_TEXT));
      sink.reject(++this.row, 'malformed', `the line is longer than ${MAX_ROW_BYTES} bytes`, text, null);
      return next;
    }
    if (!complete) return start;
    const lineBytes = bytes.subarray(start, end > start && bytes[end - 1] === CR ? end - 1 : end);
    this.takeLine(lineBytes, sink);
    return next;
  }

  private takeLine(lineBytes: Uint8Array, sink: RowSink): void {
    const lenient = UTF8_LENIENT.decode(lineBytes);
    if (lenient.trim() === '') return;
    if (this.delimiter === 0 && this.takeHeader(lenient)) return;
    const row = ++this.row;
    const text = lenient.slice(0, MAX_REJECTED_TEXT);
    const line = readUtf8(lineBytes);
    if (line === null) return sink.reject(row, 'malformed', 'the line is not UTF-8', text, null);
    const fields = splitCsvLine(line, this.delimiter === TAB ? '\t' : ',');
    if (fields === null) return sink.reject(row, 'malformed', 'a quoted field does not end', text, null);
    const layout = this.layout!;
    if (fields.length !== layout.length) {
      const message = `the line has ${fields.length} fields where the header has ${layout.length}`;
      return sink.reject(row, 'malformed', message, text, null);
    }
    const values: Partial<Record<Column, string>> = {};
    for (let i = 0; i < layout.length; i++) {
      const column = layout[i];
      if (column === null || (fields[i].trim() === '' && ABSENT_WHEN_EMPTY.has(column))) continue;
      values[column] = fields[i];
    }
    takeRow(values, row, text, this.sensor, sink);
    this.cache.forgetWhenFull();
  }

  /** Learns the layout from the first line. @returns false when that line is data. */
  private takeHeader(line: string): boolean {
    const delimiter = line.includes('\t') ? TAB : COMMA;
    const names = splitCsvLine(line, delimiter === TAB ? '\t' : ',');
    const header = names !== null && isHeader(names);
    if (header) this.layout = csvLayout(names);
    if (this.layout === null) throw new MissingHeaderError(line);
    this.delimiter = delimiter;
    this.fields = Uint8Array.from(this.layout, (column) => (column === null ? Field.Skip : FIELD_OF[column]));
    return header;
  }
}

function areDigits(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (bytes[i] < 48 || bytes[i] > 57) return false;
  return end > start;
}

function readUtf8(bytes: Uint8Array): string | null {
  try {
    return UTF8.decode(bytes);
  } catch {
    return null;
  }
}
