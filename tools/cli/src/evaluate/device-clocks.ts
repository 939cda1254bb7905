import { deviceKey, type DeviceId, type SampleBatch } from '@hark/contracts';
import { ClockOffset } from '@hark/models';

/** By how much the arrival clock of a recording is ahead of each device's own. */
export class DeviceClocks {
  private readonly clocks = new Map<string, ClockOffset>();

  /** Takes the least delayed row of each stream in the batch. */
  add({ rows, streams, stream, arrivalMs, creationMs }: SampleBatch): void {
    const least = new Float64Array(streams.length).fill(Infinity);
    for (let i = 0; i < rows; i++) {
      const difference = arrivalMs[i] - creationMs[i];
      if (difference < least[stream[i]]) least[stream[i]] = difference;
    }
    streams.forEach((id, s) => {
      if (least[s] === Infinity) return;
      const key = deviceKey(id);
      const clock = this.clocks.get(key) ?? new ClockOffset();
      clock.add(least[s], 0);
      this.clocks.set(key, clock);
    });
  }

  /** 0 for a device without rows. */
  offsetMs(device: DeviceId): number {
    return this.clocks.get(deviceKey(device))?.ms ?? 0;
  }
}
