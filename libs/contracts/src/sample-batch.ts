import type { StreamId } from './identity.js';

/**
 * Sensor rows in arrival order, as columns. Rows of several devices may be mixed; row `i` belongs to
 * `streams[stream[i]]`. All columns have at least `rows` entries.
 */
export interface SampleBatch {
  readonly rows: number;
  /** Dictionary of the streams in this batch, at most 65,535. */
  readonly streams: readonly StreamId[];
  /** Dictionary of the activities in this batch, at most 255. */
  readonly labels: readonly string[];
  /** Index into `streams`. */
  readonly stream: Uint16Array;
  /** Creation_Time: whole milliseconds. */
  readonly creationMs: Float64Array;
  /** Creation_Time: nanoseconds within the millisecond, 0 to 999,999. */
  readonly creationSubNs: Int32Array;
  /** Arrival_Time in milliseconds since 1970. */
  readonly arrivalMs: Float64Array;
  /** Accelerometer in m/s² with gravity, gyroscope in rad/s. */
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly z: Float64Array;
  /** 0 = unlabelled, `k` = `labels[k − 1]`. */
  readonly label: Uint8Array;
}

/** The columns of a batch, of one capacity, to be filled again and again. */
export class SampleColumns {
  stream!: Uint16Array;
  /** Room for Creation_Time as it is encoded: two words a row. */
  words!: Uint32Array;
  creationMs!: Float64Array;
  creationSubNs!: Int32Array;
  arrivalMs!: Float64Array;
  x!: Float64Array;
  y!: Float64Array;
  z!: Float64Array;
  label!: Uint8Array;

  constructor(private capacity: number) {
    this.allocate();
  }

  /** Makes room for so many rows; what was in the columns may be lost. */
  fit(rows: number): void {
    if (rows <= this.capacity) return;
    this.capacity = this.capacity === 0 ? rows : Math.max(rows, 2 * this.capacity);
    this.allocate();
  }

  /** The first rows as a batch, its columns as long as its rows: views, valid until the columns change. */
  batch(rows: number, streams: readonly StreamId[], labels: readonly string[]): SampleBatch {
    return {
      rows,
      streams,
      labels,
      stream: this.stream.subarray(0, rows),
      creationMs: this.creationMs.subarray(0, rows),
      creationSubNs: this.creationSubNs.subarray(0, rows),
      arrivalMs: this.arrivalMs.subarray(0, rows),
      x: this.x.subarray(0, rows),
      y: this.y.subarray(0, rows),
      z: this.z.subarray(0, rows),
      label: this.label.subarray(0, rows),
    };
  }

  /** One buffer for all: nine of them take longer to make than a small batch takes to read. */
  private allocate(): void {
    const { capacity } = this;
    const buffer = new ArrayBuffer(BYTES_OF_ROW * capacity);
    let at = 0;
    const next = <T>(Column: ColumnType<T>, width: number): T => {
      const column = new Column(buffer, at, (capacity * width) / Column.BYTES_PER_ELEMENT);
      at += capacity * width;
      return column;
    };
    // The widest first: each begins where its numbers may.
    this.words = next(Uint32Array, 8);
    this.creationMs = next(Float64Array, 8);
    this.arrivalMs = next(Float64Array, 8);
    this.x = next(Float64Array, 8);
    this.y = next(Float64Array, 8);
    this.z = next(Float64Array, 8);
    this.creationSubNs = next(Int32Array, 4);
    this.stream = next(Uint16Array, 2);
    this.label = next(Uint8Array, 1);
  }
}

/** Of all columns of {@link SampleColumns}. */
const BYTES_OF_ROW = 6 * 8 + 4 + 2 + 1;

interface ColumnType<T> {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBuffer, start: number, length: number): T;
}

/** Collects rows into a {@link SampleBatch}; grows as needed and is reusable after {@link take}. */
export class SampleBatchBuilder {
  private count = 0;
  private streams: StreamId[] = [];
  private labels: string[] = [];
  private streamIndex = new Map<string, number>();
  private labelIndex = new Map<string, number>();
  private capacity = 0;
  private stream!: Uint16Array;
  private creationMs!: Float64Array;
  private creationSubNs!: Int32Array;
  private arrivalMs!: Float64Array;
  private x!: Float64Array;
  private y!: Float64Array;
  private z!: Float64Array;
  private label!: Uint8Array;

  /** @param expected rows that there is room for from the first one on. */
  constructor(private readonly expected = 1024) {
    this.allocate();
  }

  get rows(): number {
    return this.count;
  }

  /** Index of a stream in the dictionary, added when new. */
  streamOf(user: string, device: string, model: string, sensor: StreamId['sensor']): number {
    const key = `${user}\u0000${device}\u0000${model}\u0000${sensor}`;
    let index = this.streamIndex.get(key);
    if (index === undefined) {
      index = this.streams.length;
      if (index > 0xffff) throw new RangeError('more than 65,535 streams in one batch');
      this.streams.push({ user, device, model, sensor });
      this.streamIndex.set(key, index);
    }
    return index;
  }

  /** Index of an activity in the dictionary plus one, added when new; `null` is 0. */
  labelOf(activity: string | null): number {
    if (activity === null) return 0;
    let index = this.labelIndex.get(activity);
    if (index === undefined) {
      if (this.labels.length === 255) throw new RangeError('more than 255 activities in one batch');
      index = this.labels.push(activity);
      this.labelIndex.set(activity, index);
    }
    return index;
  }

  push(
    stream: number,
    creationMs: number,
    creationSubNs: number,
    arrivalMs: number,
    x: number,
    y: number,
    z: number,
    label: number,
  ): void {
    if (this.count === this.capacity) this.grow();
    const i = this.count++;
    this.stream[i] = stream;
    this.creationMs[i] = creationMs;
    this.creationSubNs[i] = creationSubNs;
    this.arrivalMs[i] = arrivalMs;
    this.x[i] = x;
    this.y[i] = y;
    this.z[i] = z;
    this.label[i] = label;
  }

  /** Copies a row of another batch, its stream and activity looked up by name. */
  pushRow(batch: SampleBatch, i: number): void {
    const { user, device, model, sensor } = batch.streams[batch.stream[i]];
    this.push(
      this.streamOf(user, device, model, sensor),
      batch.creationMs[i],
      batch.creationSubNs[i],
      batch.arrivalMs[i],
      batch.x[i],
      batch.y[i],
      batch.z[i],
      this.labelOf(batch.label[i] === 0 ? null : batch.labels[batch.label[i] - 1]),
    );
  }

  /**
   * Copies the rows `[from, to)` of another batch.
   *
   * @param streams index in this dictionary by index in the batch's; `labels` likewise, its entry 0 being 0.
   */
  pushRows(batch: SampleBatch, from: number, to: number, streams: Int32Array, labels: Int32Array): void {
    while (this.count + to - from > this.capacity) this.grow();
    const at = this.count;
    const rows = to - from;
    copy(batch.creationMs, this.creationMs, from, at, rows);
    copy(batch.creationSubNs, this.creationSubNs, from, at, rows);
    copy(batch.arrivalMs, this.arrivalMs, from, at, rows);
    copy(batch.x, this.x, from, at, rows);
    copy(batch.y, this.y, from, at, rows);
    copy(batch.z, this.z, from, at, rows);
    for (let i = 0; i < rows; i++) {
      this.stream[at + i] = streams[batch.stream[from + i]];
      this.label[at + i] = labels[batch.label[from + i]];
    }
    this.count += rows;
  }

  /** The rows collected so far as a batch of its own; the builder is empty afterwards. */
  take(): SampleBatch {
    const rows = this.count;
    const batch: SampleBatch = {
      rows,
      streams: this.streams,
      labels: this.labels,
      stream: this.stream.slice(0, rows),
      creationMs: this.creationMs.slice(0, rows),
      creationSubNs: this.creationSubNs.slice(0, rows),
      arrivalMs: this.arrivalMs.slice(0, rows),
      x: this.x.slice(0, rows),
      y: this.y.slice(0, rows),
      z: this.z.slice(0, rows),
      label: this.label.slice(0, rows),
    };
    this.clear();
    return batch;
  }

  /** The rows collected so far, without a copy: valid until the next change of the builder. */
  view(): SampleBatch {
    const { count, streams, labels, stream, creationMs, creationSubNs, arrivalMs, x, y, z, label } = this;
    return { rows: count, streams, labels, stream, creationMs, creationSubNs, arrivalMs, x, y, z, label };
  }

  clear(): void {
    this.count = 0;
    this.streams = [];
    this.labels = [];
    this.streamIndex = new Map();
    this.labelIndex = new Map();
  }

  private allocate(): void {
    this.stream = new Uint16Array(this.capacity);
    this.creationMs = new Float64Array(this.capacity);
    this.creationSubNs = new Int32Array(this.capacity);
    this.arrivalMs = new Float64Array(this.capacity);
    this.x = new Float64Array(this.capacity);
    this.y = new Float64Array(this.capacity);
    this.z = new Float64Array(this.capacity);
    this.label = new Uint8Array(this.capacity);
  }

  private grow(): void {
    const { stream, creationMs, creationSubNs, arrivalMs, x, y, z, label } = this;
    this.capacity = this.capacity === 0 ? Math.max(1, this.expected) : 2 * this.capacity;
    this.allocate();
    this.stream.set(stream);
    this.creationMs.set(creationMs);
    this.creationSubNs.set(creationSubNs);
    this.arrivalMs.set(arrivalMs);
    this.x.set(x);
    this.y.set(y);
    this.z.set(z);
    this.label.set(label);
  }
}

/** A call of `set` pays for itself from some dozens of numbers on. */
const LONG = 48;

function copy<T extends Float64Array | Int32Array>(
  source: T,
  target: T,
  from: number,
  to: number,
  rows: number,
): void {
  if (rows >= LONG) target.set(source.subarray(from, from + rows), to);
  else for (let i = 0; i < rows; i++) target[to + i] = source[from + i];
}
