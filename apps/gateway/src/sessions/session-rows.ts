import {
  decodeSamplesRecord,
  RecordFormatError,
  TOPICS,
  type SampleBatch,
  type SamplesRecord,
} from '@hark/contracts';
import type { LogReader } from '@hark/streaming';
import type { Session } from './session.js';

const READ_BYTES = 262_144;

/** A record of `samples` and which of its rows belong to the session, in their order. */
export interface SessionSlice {
  readonly batch: SampleBatch;
  readonly rows: readonly number[];
  readonly receivedMs: number;
}

/** Reads a session back from the log, in the order in which it arrived. */
export async function* sessionRows(log: LogReader, session: Session): AsyncGenerator<SessionSlice> {
  const { user, device, start, end } = session;
  const last = session.lastRecord;
  for (let next = session.firstRecord; next <= last;) {
    const records = await log.read(TOPICS.samples, 0, next, READ_BYTES);
    if (records.length === 0) return;
    for (const record of records) {
      next = record.offset + 1;
      if (record.offset > last) return;
      const decoded = readable(record.value);
      if (decoded?.batch === undefined) continue;
      const { batch, receivedMs } = decoded;
      const own = batch.streams.map((id) => id.user === user && id.device === device);
      if (!own.includes(true)) continue;
      const rows: number[] = [];
      for (let i = 0; i < batch.rows; i++) {
        if (!own[batch.stream[i]]) continue;
        const ms = batch.creationMs[i];
        const subNs = batch.creationSubNs[i];
        if (ms < start.ms || (ms === start.ms && subNs < start.subNs)) continue;
        if (ms > end.ms || (ms === end.ms && subNs > end.subNs)) continue;
        rows.push(i);
      }
      if (rows.length > 0) yield { batch, rows, receivedMs };
    }
  }
}

function readable(value: Uint8Array): SamplesRecord | null {
  try {
    return decodeSamplesRecord(value);
  } catch (error) {
    if (error instanceof RecordFormatError) return null;
    throw error;
  }
}
