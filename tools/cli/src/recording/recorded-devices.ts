import { deviceKey, type DeviceId, type SampleBatch } from '@hark/contracts';

/**
 * The devices of a recording in the order in which their windows are closed at its end: as the service does it, by
 * the batch that brought a device's last rows, then by their order within it.
 */
export class RecordedDevices {
  private readonly devices = new Map<string, DeviceId>();

  add(batch: SampleBatch): void {
    const inBatch = new Map<string, DeviceId>();
    for (const { user, device } of batch.streams) inBatch.set(deviceKey({ user, device }), { user, device });
    for (const [key, id] of inBatch) {
      this.devices.delete(key);
      this.devices.set(key, id);
    }
  }

  list(): DeviceId[] {
    return [...this.devices.values()];
  }
}
