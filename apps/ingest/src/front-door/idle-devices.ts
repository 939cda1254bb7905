import { deviceKey, type DeviceId } from '@hark/contracts';

interface Open {
  readonly device: DeviceId;
  /** When rows of it came last, milliseconds since 1970. */
  readonly receivedMs: number;
}

/**
 * Which devices have fallen silent with windows possibly open. A device is open from its first rows until it is
 * closed by a tick. Rows of a producer that numbers its batches hold their device open until the producer has
 * finished: a recording that was cut off goes on later where it stopped.
 */
export class IdleDevices {
  private readonly open = new Map<string, Open>();
  /** Devices whose last rows came from a producer that has not finished; by producer, then by key. */
  private readonly held = new Map<string, Map<string, DeviceId>>();
  private readonly holder = new Map<string, string>();

  /** @param timeoutMs how long a device is silent before it is due. */
  constructor(private readonly timeoutMs: number) {}

  /** Rows of this device came in, from this producer or from none. */
  received(device: DeviceId, nowMs: number, producer: string | null): void {
    const key = deviceKey(device);
    this.letGo(key);
    if (producer === null) {
      this.open.set(key, { device, receivedMs: nowMs });
      return;
    }
    this.open.delete(key);
    this.holder.set(key, producer);
    const devices = this.held.get(producer);
    if (devices === undefined) this.held.set(producer, new Map([[key, device]]));
    else devices.set(key, device);
  }

  /** The devices that a producer holds open. */
  heldBy(producer: string): DeviceId[] {
    return [...(this.held.get(producer)?.values() ?? [])];
  }

  /** Devices to close now: open, held by nobody, silent for the timeout. */
  due(nowMs: number): DeviceId[] {
    const due: DeviceId[] = [];
    for (const { device, receivedMs } of this.open.values()) {
      if (nowMs - receivedMs >= this.timeoutMs) due.push(device);
    }
    return due;
  }

  /** A tick is on its way for these devices: they are not due again before rows of them come. */
  closed(devices: readonly DeviceId[]): void {
    for (const device of devices) {
      const key = deviceKey(device);
      this.letGo(key);
      this.open.delete(key);
    }
  }

  /** The tick for these devices failed: they are held or due as before, unless rows of them have come since. */
  notClosed(devices: readonly DeviceId[], producer: string | null): void {
    for (const device of devices) {
      const key = deviceKey(device);
      if (!this.open.has(key) && !this.holder.has(key)) this.received(device, -Infinity, producer);
    }
  }

  private letGo(key: string): void {
    const producer = this.holder.get(key);
    if (producer === undefined) return;
    this.holder.delete(key);
    const devices = this.held.get(producer);
    devices?.delete(key);
    if (devices?.size === 0) this.held.delete(producer);
  }
}
