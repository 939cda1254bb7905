import { SampleBatchBuilder, deviceKey, type SampleBatch } from '@hark/contracts';
import { inRange, type EventRange } from './event-range.js';
import { PlayedTime } from './played-time.js';

/** Rows in a piece at most: how finely a recording is paced. The same at every speed. */
const PIECE_ROWS = 64;

/** What is played at a time. */
export interface RecordingPiece {
  readonly batch: SampleBatch;
  /** Time played when it has passed, milliseconds. */
  readonly playedMs: number;
  /** Event time of its newest row, milliseconds. */
  readonly eventMs: number;
}

/** Cuts the rows of a recording that lie in the range into pieces, in their order. */
export async function* recordingPieces(
  batches: AsyncIterable<SampleBatch>,
  range: EventRange,
): AsyncGenerator<RecordingPiece, void, void> {
  const builder = new SampleBatchBuilder(PIECE_ROWS);
  const played = new PlayedTime();
  let eventMs = -Infinity;
  const piece = (): RecordingPiece => {
    const taken = { batch: builder.take(), playedMs: played.ms, eventMs };
    eventMs = -Infinity;
    return taken;
  };
  for await (const batch of batches) {
    const devices = batch.streams.map(deviceKey);
    for (let i = 0; i < batch.rows; i++) {
      const ms = batch.creationMs[i];
      if (!inRange(range, { ms, subNs: batch.creationSubNs[i] })) continue;
      played.add(devices[batch.stream[i]], ms);
      eventMs = Math.max(eventMs, ms);
      builder.pushRow(batch, i);
      if (builder.rows === PIECE_ROWS) yield piece();
    }
  }
  if (builder.rows > 0) yield piece();
}
