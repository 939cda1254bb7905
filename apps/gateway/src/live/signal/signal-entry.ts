import {
  RecordFormatError,
  decodeSamplesRecord,
  type SampleBatch,
  type SamplesRecord,
  type SignalMessage,
  type SignalStream,
} from '@hark/contracts';
import type { LogRecord } from '@hark/streaming';
import type { ChannelEntry } from '../channel.js';
import type { EntryOf } from '../payloads.js';

/** Of each such stretch of event time one value is sent: 25 a second are as many as an eye tells apart. */
const STEP_MS = 40;
/** Of a long record no more values than this of each device: the stretches are longer then. */
const MOST_VALUES = 500;
const GRAVITY = 9.81;

/**
 * The acceleration in a record of `samples`, thinned out: of each stretch the value furthest from gravity, so that no
 * step is lost. Null of a record without any.
 */
export const signalEntry: EntryOf = (record) => {
  const batch = batchOf(record);
  if (batch === null) return null;
  const streams = batch.streams.flatMap((_, index) => thinned(batch, index) ?? []);
  return streams.length === 0 ? null : entryOf(record.offset, streams);
};

function entryOf(offset: number, streams: readonly SignalStream[]): ChannelEntry {
  const message: SignalMessage = { kind: 'signal', streams };
  return {
    offset,
    users: [...new Set(streams.map(({ user }) => user))],
    devices: [...new Set(streams.map(({ device }) => device))],
    final: true,
    payload: JSON.stringify(message),
    within: (users) => {
      const seen = streams.filter(({ user }) => users.includes(user));
      return seen.length === 0 ? null : entryOf(offset, seen);
    },
  };
}

function thinned(batch: SampleBatch, index: number): SignalStream | null {
  const { user, device, sensor } = batch.streams[index];
  if (sensor !== 'accelerometer') return null;
  const rows = rowsOf(batch, index);
  if (rows.length === 0) return null;
  const startMs = batch.creationMs[rows[0]];
  const lengthMs = batch.creationMs[rows[rows.length - 1]] - startMs;
  const stepMs = Math.max(STEP_MS, lengthMs / MOST_VALUES);
  const offsetsMs: number[] = [];
  const magnitude: number[] = [];
  let step = -1;
  for (const row of rows) {
    const offset = batch.creationMs[row] - startMs;
    // Three decimals are far below what a sensor tells.
    const value = Math.round(1000 * Math.hypot(batch.x[row], batch.y[row], batch.z[row])) / 1000;
    const itsStep = Math.floor(offset / stepMs);
    if (itsStep > step) {
      step = itsStep;
      offsetsMs.push(offset);
      magnitude.push(value);
    } else if (Math.abs(value - GRAVITY) > Math.abs(magnitude[magnitude.length - 1] - GRAVITY)) {
      magnitude[magnitude.length - 1] = value;
    }
  }
  return { user, device, startMs, offsetsMs, magnitude };
}

/** The rows of a stream in the order of their event time. */
function rowsOf({ rows, stream, creationMs }: SampleBatch, index: number): number[] {
  const own: number[] = [];
  for (let row = 0; row < rows; row++) if (stream[row] === index) own.push(row);
  return own.sort((a, b) => creationMs[a] - creationMs[b]);
}

/** The record's rows; null of a tick, and of a poison record, which is passed over. */
function batchOf({ value }: LogRecord): SampleBatch | null {
  try {
    const record: SamplesRecord = decodeSamplesRecord(value);
    return record.batch ?? null;
  } catch (error) {
    if (error instanceof RecordFormatError) return null;
    throw error;
  }
}
