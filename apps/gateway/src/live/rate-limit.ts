import { deviceKey } from '@hark/contracts';
import type { ChannelEntry } from './channel.js';

/** Lets through at most so many predictions of each device a second of wall clock; those in between are left out. */
export class RateLimit {
  private readonly last = new Map<string, number>();
  private readonly spacingMs: number;

  constructor(
    hertz: number,
    private readonly now: () => number,
  ) {
    this.spacingMs = 1000 / hertz;
  }

  /** Whether the entry goes out; asked once for each. */
  admits({ users, devices }: ChannelEntry): boolean {
    if (users === null || devices === null) return true;
    const key = deviceKey({ user: users[0], device: devices[0] });
    const now = this.now();
    const last = this.last.get(key);
    // A clock set back must not silence a device.
    if (last !== undefined && now >= last && now - last < this.spacingMs) return false;
    this.last.set(key, now);
    return true;
  }
}
