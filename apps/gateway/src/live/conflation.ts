import { deviceKey } from '@hark/contracts';
import type { Clock } from '../clock.js';
import type { ChannelEntry } from './channel.js';
import type { EntryFrames } from './framing.js';
import type { Outlet } from './outlet.js';

/**
 * At most so many messages a second of wall clock of each device, or of each user: the newest wins, the ones before
 * it are left out. What comes first goes out at once; what comes until a period later is held, and the newest of each
 * goes out then, in the order of their offsets. A full outlet makes them wait on, so a slow reader gets fewer, newer
 * messages instead of falling behind.
 */
export class Conflation {
  /** By device, or by user; the newest entry last. */
  private readonly held = new Map<string, EntryFrames>();
  private cancelTimer: (() => void) | null = null;
  private readonly periodMs: number;

  /** @param of what is conflated: messages of the same device, or of the same user. */
  constructor(
    hertz: number,
    private readonly of: 'device' | 'user',
    private readonly clock: Clock,
    private readonly outlet: Outlet,
    private readonly send: (frames: EntryFrames) => void,
  ) {
    this.periodMs = 1000 / hertz;
  }

  offer(frames: EntryFrames): void {
    const key = this.keyOf(frames.entry);
    this.held.delete(key);
    this.held.set(key, frames);
    if (this.cancelTimer === null) this.release();
  }

  /** Everything held goes out, whether there is room or not. */
  flush(): void {
    for (const frames of this.held.values()) this.send(frames);
    this.held.clear();
  }

  end(): void {
    this.cancelTimer?.();
    this.cancelTimer = null;
    this.held.clear();
  }

  private readonly release = (): void => {
    this.cancelTimer = null;
    if (this.held.size === 0) return;
    for (const [key, frames] of this.held) {
      if (this.outlet.full) break;
      this.held.delete(key);
      this.send(frames);
    }
    this.cancelTimer = this.clock.after(this.periodMs, this.release);
  };

  private keyOf({ users, devices }: ChannelEntry): string {
    const user = users?.[0] ?? '';
    return this.of === 'user' ? user : deviceKey({ user, device: devices?.[0] ?? '' });
  }
}
