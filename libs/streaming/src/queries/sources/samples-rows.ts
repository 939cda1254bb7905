import { decodeSamplesRecord, type SampleBatch, type StreamId } from '@hark/contracts';
import { INT64_BASE } from '../rows/int64.js';
import type { Column, RowBatch, StringColumn } from '../rows/row-batch.js';
import type { ColumnSchema } from '../rows/value.js';
import type { SourceRows } from './source-rows.js';

/** HHAR's columns, the sensor, and `Creation_Time` as a timestamp. An unlabelled row's `gt` is null. */
const COLUMNS = {
  Arrival_Time: ['long', ({ arrivalMs }) => wholeNumbers(arrivalMs)],
  Creation_Time: ['long', ({ creationMs, creationSubNs }) => int64('long', creationMs, creationSubNs)],
  x: ['double', ({ x }) => ({ type: 'double', values: x })],
  y: ['double', ({ y }) => ({ type: 'double', values: y })],
  z: ['double', ({ z }) => ({ type: 'double', values: z })],
  User: ['string', (batch) => ofStream(batch, ({ user }) => user)],
  Model: ['string', (batch) => ofStream(batch, ({ model }) => model)],
  Device: ['string', (batch) => ofStream(batch, ({ device }) => device)],
  gt: ['string', ({ label, labels }) => ({ type: 'string', codes: label, dictionary: [null, ...labels] })],
  Sensor: ['string', (batch) => ofStream(batch, ({ sensor }) => sensor)],
  event_time: ['timestamp', ({ creationMs, creationSubNs }) => int64('timestamp', creationMs, creationSubNs)],
} as const satisfies Record<string, readonly [ColumnSchema['type'], (batch: SampleBatch) => Column]>;

/** A column of the topic `samples`. */
export type SamplesColumn = keyof typeof COLUMNS;

const MAKERS: readonly ((batch: SampleBatch) => Column)[] = Object.values(COLUMNS).map(([, make]) => make);

/** The topic `samples`. */
export const samplesRows: SourceRows = {
  columns: Object.entries(COLUMNS).map(([name, [type]]) => ({ name, type })),
  rows(record) {
    const { batch } = decodeSamplesRecord(record.value);
    return batch === undefined ? null : sampleRowsOf(batch);
  },
};

/** Samples that have been decoded already. */
export function sampleRowsOf(batch: SampleBatch): RowBatch {
  const made: Column[] = [];
  return {
    length: batch.rows,
    schema: samplesRows.columns,
    column: (index) => (made[index] ??= MAKERS[index](batch)),
  };
}

/** What a row's stream tells: the columns share their codes. */
function ofStream({ stream, streams }: SampleBatch, tell: (stream: StreamId) => string): StringColumn {
  return { type: 'string', codes: stream, dictionary: streams.map(tell) };
}

/** Milliseconds and nanoseconds within are what `hi` and `lo` are. */
function int64(type: 'long' | 'timestamp', hi: Float64Array, lo: Int32Array): Column {
  return { type, hi, lo };
}

function wholeNumbers(values: Float64Array): Column {
  const hi = new Float64Array(values.length);
  const lo = new Int32Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const whole = Math.round(values[i]);
    hi[i] = Math.floor(whole / INT64_BASE);
    lo[i] = whole - hi[i] * INT64_BASE;
  }
  return int64('long', hi, lo);
}
