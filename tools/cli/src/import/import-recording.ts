import type { SampleBatch } from '@hark/contracts';
import type { Recording } from '../recording/recording.js';
import type { Producer } from './producer.js';

export interface ImportReport {
  /** Rows that the service has of this recording now. */
  readonly rows: number;
  /** Of them, those it had from an earlier run. */
  readonly resumed: number;
  /** Rows refused, by the reader or by the service. */
  readonly rejected: number;
  /** Rows sent in this run, a second. */
  readonly rowsPerSecond: number;
  readonly seconds: number;
}

export interface ImportEvents {
  /** After every batch. */
  readonly onBatch: (rows: number) => void;
  /** The service has refused rows of a batch; the first of them. */
  readonly onRefused: (message: string, rows: number) => void;
}

/** Sends a recording, from where an earlier run was cut off, and ends it. */
export async function importRecording(
  recording: Recording,
  producer: Producer,
  events: ImportEvents,
): Promise<ImportReport> {
  const started = performance.now();
  const { batches: had, finished } = await producer.resume();
  let number = 0;
  let rows = 0;
  let resumed = 0;
  let refused = 0;
  // The next batch is read while one is under way; only one ever is, because their order counts.
  let underWay: Promise<void> = Promise.resolve();
  const send = async (batch: SampleBatch): Promise<void> => {
    const { accepted, rejected, errors } = await producer.send(batch);
    rows += accepted;
    refused += rejected;
    if (errors.length > 0) events.onRefused(`${errors[0].code}: ${errors[0].message}`, rejected);
    events.onBatch(rows);
  };
  for await (const batch of recording.batches()) {
    if (++number <= had) {
      producer.skip();
      rows += batch.rows;
      resumed += batch.rows;
      events.onBatch(rows);
      continue;
    }
    await underWay;
    underWay = send(batch);
    // Awaited in the next turn, where its failure is seen.
    underWay.catch(() => undefined);
  }
  await underWay;
  if (!finished || number > had) await producer.end();
  const seconds = (performance.now() - started) / 1000;
  return {
    rows,
    resumed,
    rejected: recording.rejected + refused,
    rowsPerSecond: (rows - resumed) / seconds,
    seconds,
  };
}
