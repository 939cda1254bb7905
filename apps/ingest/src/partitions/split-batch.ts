import type { SampleBatch } from '@hark/contracts';
import { partitionOf } from '@hark/streaming';

/** The rows of a batch by the partition of their user, in the order they had; a batch of one partition is itself. */
export function splitBatch(batch: SampleBatch, partitions: number): Map<number, SampleBatch> {
  const ofStream = batch.streams.map(({ user }) => partitionOf(user, partitions));
  const rows = new Map<number, number>();
  for (let i = 0; i < batch.rows; i++) {
    const partition = ofStream[batch.stream[i]];
    rows.set(partition, (rows.get(partition) ?? 0) + 1);
  }
  if (rows.size === 1) return new Map([[[...rows.keys()][0], batch]]);
  const parts = new Map<number, SampleBatch>();
  for (const [partition, count] of [...rows].sort(([a], [b]) => a - b))
    parts.set(
      partition,
      part(batch, count, (i) => ofStream[batch.stream[i]] === partition),
    );
  return parts;
}

function part(batch: SampleBatch, rows: number, belongs: (row: number) => boolean): SampleBatch {
  const { streams, labels } = batch;
  const taken = {
    ...{ rows, streams, labels },
    stream: new Uint16Array(rows),
    creationMs: new Float64Array(rows),
    creationSubNs: new Int32Array(rows),
    arrivalMs: new Float64Array(rows),
    x: new Float64Array(rows),
    y: new Float64Array(rows),
    z: new Float64Array(rows),
    label: new Uint8Array(rows),
  };
  // Only the streams that have rows: those of other users are nobody's business in this partition.
  const places = new Map<number, number>();
  for (let from = 0, to = 0; from < batch.rows; from++) {
    if (!belongs(from)) continue;
    const stream = batch.stream[from];
    const place = places.get(stream) ?? places.size;
    places.set(stream, place);
    taken.stream[to] = place;
    taken.creationMs[to] = batch.creationMs[from];
    taken.creationSubNs[to] = batch.creationSubNs[from];
    taken.arrivalMs[to] = batch.arrivalMs[from];
    taken.x[to] = batch.x[from];
    taken.y[to] = batch.y[from];
    taken.z[to] = batch.z[from];
    taken.label[to] = batch.label[from];
    to++;
  }
  return { ...taken, streams: [...places.keys()].map((stream) => streams[stream]) };
}
