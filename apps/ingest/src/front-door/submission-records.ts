import {
  encodeSamplesRecord,
  recordOfEncodedBatch,
  type DeadLetter,
  type DeviceId,
  type SampleBatch,
} from '@hark/contracts';
import type { NewRecord } from '@hark/streaming';
import type { Submission } from './submission.js';

/** A larger batch becomes several records, so that one request never holds the windower up for long. */
const MAX_RECORD_ROWS = 65_536;

const UTF8 = new TextEncoder();

/** The records of the topic `samples` for a submission's good rows. */
export function samplesRecords(submission: Submission): NewRecord[] {
  const { batch, encoded, receivedMs, numbering } = submission;
  const numbers =
    numbering === undefined || numbering.sequence === null
      ? {}
      : { producer: numbering.producer, sequence: numbering.sequence };
  if (encoded !== undefined && batch.rows > 0 && batch.rows <= MAX_RECORD_ROWS) {
    return [{ key: '', value: recordOfEncodedBatch(encoded, { receivedMs, ...numbers }) }];
  }
  const records: NewRecord[] = [];
  for (let from = 0; from < batch.rows; from += MAX_RECORD_ROWS) {
    const value = encodeSamplesRecord({
      batch: part(batch, from, Math.min(batch.rows, from + MAX_RECORD_ROWS)),
      receivedMs,
      ...numbers,
    });
    records.push({ key: '', value });
  }
  return records;
}

/** The record of the topic `samples` that closes these devices' windows. */
export function tickRecord(devices: readonly DeviceId[], receivedMs: number): NewRecord {
  return { key: '', value: encodeSamplesRecord({ tick: devices, receivedMs }) };
}

/** The records of the topic `dead-letter` for a submission's refused rows. */
export function deadLetterRecords({ kept, source, receivedMs }: Submission): NewRecord[] {
  return kept.map(({ row, code, message, text }) => {
    const letter: DeadLetter = { row, code, message, source, text, receivedMs };
    return { key: '', value: UTF8.encode(JSON.stringify(letter)) };
  });
}

function part(batch: SampleBatch, from: number, to: number): SampleBatch {
  if (to - from === batch.rows) return batch;
  return {
    rows: to - from,
    streams: batch.streams,
    labels: batch.labels,
    stream: batch.stream.subarray(from, to),
    creationMs: batch.creationMs.subarray(from, to),
    creationSubNs: batch.creationSubNs.subarray(from, to),
    arrivalMs: batch.arrivalMs.subarray(from, to),
    x: batch.x.subarray(from, to),
    y: batch.y.subarray(from, to),
    z: batch.z.subarray(from, to),
    label: batch.label.subarray(from, to),
  };
}
