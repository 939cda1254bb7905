import { deviceKey, type DeviceId, type SampleBatch } from '@hark/contracts';
import type { RejectedRow } from '@hark/streaming';

/** Rows of one device since the start. */
export interface DeviceCount extends DeviceId {
  accepted: number;
  rejected: number;
}

/** How many devices are counted one by one; those that come later are in the totals alone. */
const MAX_DEVICES = 50_000;

/** Rows taken and refused since the start, in all and by device. */
export class DeviceCounts {
  accepted = 0;
  /** All rows refused, those whose device could not be read included. */
  rejected = 0;
  private readonly counts = new Map<string, DeviceCount>();

  get devices(): readonly Readonly<DeviceCount>[] {
    return [...this.counts.values()];
  }

  add(batch: SampleBatch, rejected: number, kept: readonly RejectedRow[]): void {
    this.accepted += batch.rows;
    this.rejected += rejected;
    const rows = new Uint32Array(batch.streams.length);
    for (let i = 0; i < batch.rows; i++) rows[batch.stream[i]]++;
    batch.streams.forEach((stream, i) => {
      const count = this.of(stream);
      if (count !== null) count.accepted += rows[i];
    });
    for (const { device } of kept) {
      const count = device === null ? null : this.of(device);
      if (count !== null) count.rejected++;
    }
  }

  private of({ user, device }: DeviceId): DeviceCount | null {
    const key = deviceKey({ user, device });
    let count = this.counts.get(key);
    if (count === undefined) {
      if (this.counts.size >= MAX_DEVICES) return null;
      this.counts.set(key, (count = { user, device, accepted: 0, rejected: 0 }));
    }
    return count;
  }
}
