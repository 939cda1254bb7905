import { readLazySamples, type SampleBatch, type LazySamples, type StreamId } from '@hark/contracts';
import { INT64_BASE } from '../rows/int64.js';
import type { Column, RowBatch, StringColumn } from '../rows/row-batch.js';
import { cutByCodes, type Stretches } from '../rows/stretches.js';
import type { ColumnSchema } from '../rows/value.js';
import type { SourceRows } from './source-rows.js';

/** HHAR's columns, the sensor, and `Creation_Time` as a timestamp. An unlabelled row's `gt` is null. */
const COLUMNS = {
  Arrival_Time: ['long', (from) => wholeNumbers(from.samples.arrivalMs())],
  Creation_Time: ['long', (from) => ({ ...from.creation(), type: 'long' })],
  x: ['double', ({ samples }) => ({ type: 'double', values: samples.axis('x') })],
  y: ['double', ({ samples }) => ({ type: 'double', values: samples.axis('y') })],
  z: ['double', ({ samples }) => ({ type: 'double', values: samples.axis('z') })],
  User: ['string', (from) => from.ofStream(({ user }) => user)],
  Model: ['string', (from) => from.ofStream(({ model }) => model)],
  Device: ['string', (from) => from.ofStream(({ device }) => device)],
  gt: [
    'string',
    ({ samples }) => ({ type: 'string', codes: samples.label(), dictionary: [null, ...samples.labels] }),
  ],
  Sensor: ['string', (from) => from.ofStream(({ sensor }) => sensor)],
  event_time: ['timestamp', (from) => ({ ...from.creation(), type: 'timestamp' })],
} as const satisfies Record<string, readonly [ColumnSchema['type'], (from: SampleRows) => Column]>;

/** A column of the topic `samples`. */
export type SamplesColumn = keyof typeof COLUMNS;

/** What a row's stream and label tell. */
const STEADY = new Set(Object.values(COLUMNS).flatMap(([type], index) => (type === 'string' ? [index] : [])));

const USER = Object.keys(COLUMNS).indexOf('User');
const GT = Object.keys(COLUMNS).indexOf('gt');

const MAKERS: readonly ((from: SampleRows) => Column)[] = Object.values(COLUMNS).map(([, make]) => make);

/** The topic `samples`. */
export const samplesRows: SourceRows = {
  columns: Object.entries(COLUMNS).map(([name, [type]]) => ({ name, type })),
  rows(record, arena) {
    const samples = readLazySamples(record.value, arena);
    return samples === null ? null : new SampleRows(samples);
  },
};

/** Samples that have been decoded already. */
export function sampleRowsOf(batch: SampleBatch): RowBatch {
  const { rows, streams, labels, stream, creationMs: ms, creationSubNs: subNs, arrivalMs, label } = batch;
  return new SampleRows({
    rows,
    streams,
    labels,
    stream: () => stream,
    creation: () => ({ ms, subNs }),
    arrivalMs: () => arrivalMs,
    axis: (axis) => batch[axis],
    label: () => label,
  });
}

/** Makes each column once, and what columns share once. */
class SampleRows implements RowBatch {
  readonly schema = samplesRows.columns;
  readonly length: number;
  private readonly made: Column[] = [];
  private cut: Stretches | null = null;
  private stream: Uint16Array | null = null;
  private time: { readonly hi: Float64Array; readonly lo: Int32Array } | null = null;

  constructor(readonly samples: LazySamples) {
    this.length = samples.rows;
  }

  column(index: number): Column {
    return (this.made[index] ??= MAKERS[index](this));
  }

  get stretches(): Stretches {
    return (this.cut ??= cutByCodes(this, STEADY, USER, GT));
  }

  /** What a row's stream tells: the columns share their codes. */
  ofStream(tell: (stream: StreamId) => string): StringColumn {
    this.stream ??= this.samples.stream();
    return { type: 'string', codes: this.stream, dictionary: this.samples.streams.map(tell) };
  }

  /** Milliseconds and nanoseconds within are what `hi` and `lo` are. */
  creation(): { readonly hi: Float64Array; readonly lo: Int32Array } {
    if (this.time === null) {
      const { ms, subNs } = this.samples.creation();
      this.time = { hi: ms, lo: subNs };
    }
    return this.time;
  }
}

function wholeNumbers(values: Float64Array): Column {
  const hi = new Float64Array(values.length);
  const lo = new Int32Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const whole = Math.round(values[i]);
    hi[i] = Math.floor(whole / INT64_BASE);
    lo[i] = whole - hi[i] * INT64_BASE;
  }
  return { type: 'long', hi, lo };
}
