import { SampleBatchBuilder, encodeSamplesRecord, fromNanoseconds, type Sensor } from '@hark/contracts';

export interface TestRow {
  /** Nanoseconds. */
  readonly ns: bigint;
  readonly user?: string;
  readonly device?: string;
  readonly sensor?: Sensor;
  readonly xyz?: readonly [number, number, number];
  readonly gt?: string | null;
}

/** A record of `samples` with these rows. */
export function samplesRecord(rows: readonly TestRow[]): Uint8Array {
  const builder = new SampleBatchBuilder();
  for (const {
    ns,
    user = 'a',
    device = 'gear_1',
    sensor = 'accelerometer',
    xyz = [0, 0, 9.8],
    gt = null,
  } of rows) {
    const time = fromNanoseconds(ns);
    if (time === null) throw new RangeError(`not an event time: ${ns}`);
    const stream = builder.streamOf(user, device, 'gear', sensor);
    const [x, y, z] = xyz;
    builder.push(stream, time.ms, time.subNs, time.ms + 5, x, y, z, builder.labelOf(gt));
  }
  return encodeSamplesRecord({ batch: builder.take(), receivedMs: 1000 });
}
