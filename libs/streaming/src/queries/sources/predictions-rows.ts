import { RecordFormatError, type Prediction } from '@hark/contracts';
import { batchOf } from '../rows/row-batch-builder.js';
import type { ColumnSchema, Value } from '../rows/value.js';
import type { SourceRows } from './source-rows.js';

const utf8 = new TextDecoder();

/** The fields of a prediction; `event_time` is its window's start, `probabilities` is JSON. */
const COLUMNS = {
  id: ['string', ({ id }) => id],
  user: ['string', ({ user }) => user],
  device: ['string', ({ device }) => device],
  model: ['string', ({ model }) => model],
  event_time: ['timestamp', ({ window }) => BigInt(window.startNs)],
  end_time: ['timestamp', ({ window }) => BigInt(Date.parse(window.end)) * 1_000_000n],
  activity: ['string', ({ activity }) => activity],
  confidence: ['double', ({ confidence }) => confidence],
  probabilities: ['string', ({ probabilities }) => JSON.stringify(probabilities)],
  modelVersion: ['long', ({ modelVersion }) => modelVersion],
  state: ['string', ({ state }) => state],
  reason: ['string', ({ reason }) => reason],
  revision: ['long', ({ revision }) => revision],
  final: ['boolean', ({ final }) => final],
  label: ['string', ({ label }) => label],
  accelerometer: ['long', ({ samples }) => samples.accelerometer],
  gyroscope: ['long', ({ samples }) => samples.gyroscope],
  late: ['long', ({ samples }) => samples.late],
  duplicates: ['long', ({ samples }) => samples.duplicates],
  receivedMs: ['double', ({ receivedMs }) => receivedMs],
} as const satisfies Record<string, readonly [ColumnSchema['type'], (prediction: Prediction) => Value]>;

/** A column of the topic `predictions`. */
export type PredictionsColumn = keyof typeof COLUMNS;

const CELLS: readonly ((prediction: Prediction) => Value)[] = Object.values(COLUMNS).map(([, cell]) => cell);

/** The topic `predictions`: one row for each revision of each window's prediction. */
export const predictionsRows: SourceRows = {
  columns: Object.entries(COLUMNS).map(([name, [type]]) => ({ name, type })),
  rows(record) {
    let prediction: Prediction;
    try {
      prediction = JSON.parse(utf8.decode(record.value)) as Prediction;
    } catch (error) {
      throw new RecordFormatError(`not a prediction: ${(error as Error).message}`);
    }
    if (prediction.kind !== 'prediction') return null;
    return batchOf(predictionsRows.columns, [CELLS.map((cell) => cell(prediction))]);
  },
};
