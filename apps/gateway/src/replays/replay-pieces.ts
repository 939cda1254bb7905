import {
  SampleBatchBuilder,
  compareEventTime,
  encodeSamplesRecord,
  type DeviceId,
  type EventTime,
  type SampleBatch,
} from '@hark/contracts';
import type { SessionSlice } from '../sessions/session-rows.js';

/** Rows in a piece at most: how finely a replay is paced. The same at every speed. */
const PIECE_ROWS = 64;

/** What a replay feeds at a time: a record of `samples` as the front door would have made it. */
export interface ReplayPiece {
  readonly value: Uint8Array;
  /** Event time of its newest row, milliseconds. */
  readonly eventMs: number;
}

/** The part of a session to replay; `to` is excluded. */
export interface ReplayRange {
  readonly from: EventTime | null;
  readonly to: EventTime | null;
}

/** Cuts a session's rows into pieces, in their order. */
export async function* replayPieces(
  slices: AsyncIterable<SessionSlice>,
  range: ReplayRange,
): AsyncGenerator<ReplayPiece> {
  const builder = new SampleBatchBuilder(PIECE_ROWS);
  for await (const { batch, rows, receivedMs } of slices) {
    let newest = 0;
    const piece = (): ReplayPiece => ({
      value: encodeSamplesRecord({ batch: builder.take(), receivedMs }),
      eventMs: newest,
    });
    for (const i of rows) {
      if (!within(range, batch, i)) continue;
      if (builder.rows === 0) newest = batch.creationMs[i];
      builder.pushRow(batch, i);
      newest = Math.max(newest, batch.creationMs[i]);
      if (builder.rows === PIECE_ROWS) yield piece();
    }
    if (builder.rows > 0) yield piece();
  }
}

/** The record that closes a device's last windows. */
export function closingTick(device: DeviceId): Uint8Array {
  return encodeSamplesRecord({ tick: [{ user: device.user, device: device.device }], receivedMs: 0 });
}

function within({ from, to }: ReplayRange, batch: SampleBatch, i: number): boolean {
  if (from === null && to === null) return true;
  const time = { ms: batch.creationMs[i], subNs: batch.creationSubNs[i] };
  return (
    (from === null || compareEventTime(time, from) >= 0) && (to === null || compareEventTime(time, to) < 0)
  );
}
