import { SampleBatchBuilder, type EventTime, type SampleBatch } from '@hark/contracts';
import type { PhoneSample } from '@hark/streaming';

/** Samples of one device of a phone: the phone itself, or a watch that goes with it. */
export interface DeviceSamples {
  readonly device: string;
  readonly model: string;
  readonly samples: readonly PhoneSample[];
}

/** All samples of a message as rows of a user, each with the activity that was going on. */
export function phoneBatch(
  user: string,
  devices: readonly DeviceSamples[],
  activityAt: (time: EventTime) => string | null,
  receivedMs: number,
): SampleBatch {
  const rows = devices.reduce((sum, { samples }) => sum + samples.length, 0);
  const builder = new SampleBatchBuilder(Math.max(1, rows));
  for (const { device, model, samples } of devices) {
    for (const { sensor, ms, subNs, x, y, z } of samples) {
      const stream = builder.streamOf(user, device, model, sensor);
      builder.push(stream, ms, subNs, receivedMs, x, y, z, builder.labelOf(activityAt({ ms, subNs })));
    }
  }
  return builder.take();
}

/** Milliseconds since 1970 of the newest row; null of none. */
export function newestMs({ rows, creationMs }: SampleBatch): number | null {
  let newest: number | null = null;
  for (let i = 0; i < rows; i++) if (newest === null || creationMs[i] > newest) newest = creationMs[i];
  return newest;
}
