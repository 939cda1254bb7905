import { decodeWindowRecord, windowId, type WindowRecord } from '@hark/contracts';
import { bigintOf } from '../rows/int64.js';
import { batchOf } from '../rows/row-batch-builder.js';
import type { ColumnSchema, Value } from '../rows/value.js';
import type { SourceRows } from './source-rows.js';

/** The fields of a window but its features; `event_time` is its start, exact. */
const COLUMNS = {
  id: ['string', windowId],
  user: ['string', ({ user }) => user],
  device: ['string', ({ device }) => device],
  model: ['string', ({ model }) => model],
  event_time: ['timestamp', ({ startMs }) => bigintOf(startMs, 0)],
  end_time: ['timestamp', ({ startMs, sizeMs }) => bigintOf(startMs + sizeMs, 0)],
  revision: ['long', ({ revision }) => revision],
  final: ['boolean', ({ final }) => final],
  accelerometer: ['long', ({ accelerometer }) => accelerometer],
  gyroscope: ['long', ({ gyroscope }) => gyroscope],
  late: ['long', ({ late }) => late],
  duplicates: ['long', ({ duplicates }) => duplicates],
  label: ['string', ({ label }) => label],
  featureSchema: ['string', ({ featureSchema }) => featureSchema],
  receivedMs: ['double', ({ receivedMs }) => receivedMs],
} as const satisfies Record<string, readonly [ColumnSchema['type'], (window: WindowRecord) => Value]>;

/** A column of the topic `windows`. */
export type WindowsColumn = keyof typeof COLUMNS;

const CELLS: readonly ((window: WindowRecord) => Value)[] = Object.values(COLUMNS).map(([, cell]) => cell);

/** The topic `windows`: one row for each revision of each window. */
export const windowsRows: SourceRows = {
  columns: Object.entries(COLUMNS).map(([name, [type]]) => ({ name, type })),
  rows(record) {
    const window = decodeWindowRecord(record.value);
    return batchOf(windowsRows.columns, [CELLS.map((cell) => cell(window))]);
  },
};
