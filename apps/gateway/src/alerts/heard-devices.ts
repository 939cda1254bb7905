import { deviceKey, type DeviceId } from '@hark/contracts';

/** How long a device has sent when it begins to be watched, unless it counts as silent sooner. */
const WATCHED_AFTER_MS = 10_000;

/** When rows of a device were stored; wall clock, milliseconds. */
export interface HeardDevice extends DeviceId {
  /** The first since it was silent. */
  readonly sinceMs: number;
  readonly lastMs: number;
}

/**
 * When each live device was heard last. Rows of a producer that numbers its batches are a recording's: it comes to its
 * end or is cut off, and neither is silence.
 */
export class HeardDevices {
  private readonly heardOf = new Map<string, HeardDevice>();
  /** When the newest record taken was stored; 0 before the first. */
  newestMs = 0;

  constructor(private readonly silentAfterMs: number) {}

  readonly take = (devices: readonly DeviceId[], storedMs: number, producer: string | null): void => {
    this.newestMs = Math.max(this.newestMs, storedMs);
    if (producer !== null) return;
    for (const id of devices) {
      const key = deviceKey(id);
      const before = this.heardOf.get(key);
      if (before?.lastMs === storedMs) continue;
      const goesOn = before !== undefined && storedMs - before.lastMs < this.silentAfterMs;
      const { user, device } = id;
      this.heardOf.set(key, {
        user,
        device,
        sinceMs: goesOn ? before.sinceMs : storedMs,
        lastMs: storedMs,
      });
    }
  };

  get(key: string): HeardDevice | undefined {
    return this.heardOf.get(key);
  }

  /** Devices that have sent for a while and are not among those known. */
  steadyBut(known: ReadonlyMap<string, unknown>): HeardDevice[] {
    const enough = Math.min(WATCHED_AFTER_MS, this.silentAfterMs);
    const found: HeardDevice[] = [];
    for (const [key, each] of this.heardOf)
      if (!known.has(key) && each.lastMs - each.sinceMs >= enough) found.push(each);
    return found;
  }
}
