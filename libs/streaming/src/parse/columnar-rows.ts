import { formatNanoseconds, isWellFormedId, type SampleBatchBuilder, type Sensor } from '@hark/contracts';
import { byteOrderMark } from './byte-order-mark.js';
import { JsonCursor } from './json-cursor.js';
import { LabelColumn } from './label-column.js';
import { NumberColumn, TimeColumn } from './number-column.js';
import { NumberScanner } from './number-scanner.js';
import {
  quote,
  readArrival,
  streamOf,
  takeRow,
  UNKNOWN_MODEL,
  Unusable,
  type RowFields,
} from './row-rules.js';
import { MAX_REJECTED_TEXT, type RowSink } from './row-sink.js';
import { StreamCache } from './stream-cache.js';

const QUOTE = 0x22;
const COMMA = 0x2c;
/** Only `null` begins with it: the same as absent. */
const LETTER_N = 0x6e;
const OPEN_BRACE = 0x7b;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

/** The text is not JSON of the columnar form; none of its rows may be used. */
export class MalformedColumnsError extends Error {
  readonly code = 'malformed';
}

/** Columns of one object differ in length; none of the text's rows may be used. */
export class ColumnLengthError extends Error {
  readonly code = 'column_length';
  constructor(
    readonly column: string,
    readonly length: number,
    readonly expected: number,
  ) {
    super(`${column} has ${length} values where creationTime has ${expected}: columns are of one length`);
  }
}

export interface ColumnarRowsOptions {
  /** Of objects without a `sensor` of their own. */
  readonly sensor?: Sensor | undefined;
}

/**
 * The columnar form: `{"user","device","model","sensor","creationTime":["ns",…],"arrivalTime":[ms,…]?,"x":[…],
 * "y":[…],"z":[…],"gt":"walk"|[…]?}`, one object, an array of them or one after the other. Entries of `creationTime`
 * are strings or exact JSON numbers. Unknown keys are ignored. Arrays are read into columns that are used again.
 */
export class ColumnarRows {
  private row = 0;
  private ids: { [I in Id]?: string | Unusable } = {};
  private readonly time = new TimeColumn();
  private readonly arrival = new NumberColumn();
  private readonly x = new NumberColumn();
  private readonly y = new NumberColumn();
  private readonly z = new NumberColumn();
  private readonly gt = new LabelColumn();
  private readonly numbers = new NumberScanner();
  private readonly cache = new StreamCache(undefined);
  private readonly sensor: Sensor | undefined;

  constructor(options: ColumnarRowsOptions = {}) {
    this.sensor = options.sensor;
  }

  /** Rows met so far, good and bad. */
  get rows(): number {
    return this.row;
  }

  /**
   * Reads a whole text. When it throws, the rows that it has put into the sink's builder are not to be used.
   *
   * @throws MalformedColumnsError, ColumnLengthError, TooManyStreamsError
   */
  parse(input: Uint8Array, sink: RowSink): void {
    const bytes = new Uint8Array(input.buffer, input.byteOffset, input.length);
    const cursor = new JsonCursor(bytes, byteOrderMark(bytes, true), bytes.length);
    this.cache.begin(sink);
    this.numbers.begin(bytes);
    for (let byte = cursor.peek(); byte >= 0; byte = cursor.peek()) {
      if (byte === OPEN_BRACKET) this.readArray(cursor, sink);
      else this.readObject(cursor, sink);
    }
  }

  private readArray(cursor: JsonCursor, sink: RowSink): void {
    cursor.position++;
    if (cursor.peek() === CLOSE_BRACKET) {
      cursor.position++;
      return;
    }
    for (;;) {
      this.readObject(cursor, sink);
      if (cursor.peek() === CLOSE_BRACKET) break;
      if (!cursor.take(COMMA, 'a comma or a closing bracket')) throw malformed(cursor);
    }
    cursor.position++;
  }

  private readObject(cursor: JsonCursor, sink: RowSink): void {
    if (!cursor.take(OPEN_BRACE, 'an object')) throw malformed(cursor);
    this.ids = {};
    this.cache.forgetWhenFull();
    for (const column of [this.time, this.arrival, this.x, this.y, this.z, this.gt]) column.clear();
    const seen = new Set<string>();
    for (let first = true; ; first = false) {
      const key = cursor.member(first);
      if (key === null) {
        if (!cursor.closed) throw malformed(cursor);
        cursor.closed = false;
        break;
      }
      const name = cursor.string(key.start, key.end) ?? '';
      if (name === '__proto__') throw new MalformedColumnsError('the key "__proto__" is not allowed');
      if (KEYS.has(name)) {
        if (seen.has(name)) throw new MalformedColumnsError(`${name} is there twice`);
        seen.add(name);
      }
      if (!this.readMember(cursor, name)) throw malformed(cursor, name);
    }
    this.checkLengths();
    this.takeRows(sink);
  }

  private readMember(cursor: JsonCursor, name: string): boolean {
    if (!KEYS.has(name) || cursor.peek() === LETTER_N) return cursor.skip() !== null;
    if (IDS.includes(name)) return this.readId(cursor, name as Id);
    if (name === 'gt') return this.gt.readLabels(cursor, this.cache);
    return this.columnOf(name).read(cursor, this.numbers);
  }

  private columnOf(name: string): NumberColumn {
    if (name === 'creationTime') return this.time;
    if (name === 'arrivalTime') return this.arrival;
    return name === 'x' ? this.x : name === 'y' ? this.y : this.z;
  }

  private readId(cursor: JsonCursor, name: Id): boolean {
    const start = cursor.position;
    const isString = cursor.bytes[start] === QUOTE;
    if (cursor.skip() === null) return false;
    const end = cursor.position;
    const value = isString ? cursor.string(start, end) : null;
    this.ids[name] =
      value ?? new Unusable(LENIENT.decode(cursor.bytes.subarray(start, Math.min(end, start + 256))));
    return true;
  }

  private checkLengths(): void {
    const { length } = this.time;
    for (const name of ['x', 'y', 'z', 'arrivalTime'] as const) {
      const column = this.columnOf(name);
      if (name === 'arrivalTime' && !column.present) continue;
      if (column.length !== length) throw new ColumnLengthError(name, column.length, length);
    }
    const { gt } = this;
    if (gt.present && !gt.single && gt.length !== length)
      throw new ColumnLengthError('gt', gt.length, length);
  }

  private takeRows(sink: RowSink): void {
    const { cache, time, arrival, x, y, z, gt } = this;
    const { builder, defaultArrivalMs } = sink;
    const stream = this.streamIn(builder);
    for (let i = 0; i < time.length; i++) {
      this.row++;
      const g = gt.single ? 0 : i;
      // Entries are finite or NaN, and a sum of finite ones is never NaN.
      const good = stream >= 0 && !Number.isNaN(time.values[i] + (x.values[i] + y.values[i] + z.values[i]));
      const label = !good || gt.bad.has(g) ? -1 : gt.present ? cache.labelOf(gt.values[g]) : 0;
      if (label < 0) {
        const fields = this.fieldsOf(i, g);
        takeRow(fields, this.row, sink.full ? '' : textOf(fields), this.sensor, sink);
        continue;
      }
      const arrivalMs = arrival.present ? readArrival(arrival.values[i], defaultArrivalMs) : defaultArrivalMs;
      builder.push(
        stream,
        time.values[i],
        time.subNs[i],
        arrivalMs,
        x.values[i],
        y.values[i],
        z.values[i],
        label,
      );
    }
  }

  /** The object's stream in the builder, −1 when one of its ids breaks the rules. */
  private streamIn(builder: SampleBatchBuilder): number {
    const { user, device, model = UNKNOWN_MODEL, sensor = this.sensor } = this.ids;
    if (!isId(user) || !isId(device) || !isId(model)) return -1;
    if (sensor !== 'accelerometer' && sensor !== 'gyroscope') return -1;
    return streamOf(builder, user, device, model, sensor);
  }

  /** A row as text, for the rules to judge. */
  private fieldsOf(i: number, g: number): RowFields {
    const { ids, time, arrival, gt } = this;
    const axis = (column: NumberColumn) => (column.bad.has(i) ? column.bad.get(i) : String(column.values[i]));
    return {
      User: ids.user,
      Device: ids.device,
      Model: ids.model,
      Sensor: ids.sensor,
      Creation_Time: time.bad.has(i) ? time.bad.get(i) : formatNanoseconds(time.values[i], time.subNs[i]),
      Arrival_Time: arrival.present ? axis(arrival) : undefined,
      x: axis(this.x),
      y: axis(this.y),
      z: axis(this.z),
      gt: !gt.present ? undefined : gt.bad.has(g) ? gt.bad.get(g) : this.cache.gt.values[gt.values[g]]!,
    };
  }
}

type Id = 'user' | 'device' | 'model' | 'sensor';
const IDS: readonly string[] = ['user', 'device', 'model', 'sensor'] satisfies Id[];
const KEYS = new Set([...IDS, 'creationTime', 'arrivalTime', 'x', 'y', 'z', 'gt']);
const LENIENT = new TextDecoder('utf-8', { ignoreBOM: true });

function isId(value: string | Unusable | undefined): value is string {
  return typeof value === 'string' && isWellFormedId(value);
}

function malformed(cursor: JsonCursor, member?: string): MalformedColumnsError {
  const what = cursor.error ?? 'the text is cut off';
  return new MalformedColumnsError(
    `not columnar JSON: ${what}${member === undefined ? '' : ` in ${quote(member)}`}`,
  );
}

function textOf(fields: RowFields): string {
  const written = Object.entries(fields).map(([name, value]) => [
    name,
    value instanceof Unusable ? value.text : value,
  ]);
  return JSON.stringify(Object.fromEntries(written)).slice(0, MAX_REJECTED_TEXT);
}
