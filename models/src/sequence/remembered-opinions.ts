import type { DeviceOpinion } from './user-fusion.js';

/**
 * What a user's devices said last, in the order in which it came. Looked through with every opinion that comes: so the
 * times stand by themselves, side by side.
 */
export class RememberedOpinions {
  readonly opinions: DeviceOpinion[] = [];
  /** Of each of the opinions, start of its window on the clock that the devices have in common. */
  private readonly times: number[] = [];

  /** @param most the one that came first is forgotten when there are more. */
  constructor(private readonly most: number) {}

  add(opinion: DeviceOpinion): void {
    const { opinions, times, most } = this;
    if (opinions.length === most) {
      opinions.shift();
      times.shift();
    }
    opinions.push(opinion);
    times.push(commonMs(opinion));
  }

  clear(): void {
    this.opinions.length = 0;
    this.times.length = 0;
  }

  /** Forgets what is not of a later time. */
  forgetUntil(oldestMs: number): void {
    const { opinions, times } = this;
    let kept = 0;
    for (let i = 0; i < opinions.length; i++) {
      if (!(times[i] > oldestMs)) continue;
      times[kept] = times[i];
      opinions[kept++] = opinions[i];
    }
    if (kept === opinions.length) return;
    opinions.length = kept;
    times.length = kept;
  }

  /** Whether no device but this one is remembered. */
  isOf(device: string): boolean {
    return this.opinions.every((opinion) => opinion.device === device);
  }

  /** Of each device but this one, the opinion nearest to a time within reach; the earlier one among equals. */
  nearest(device: string, ms: number, reachMs: number): DeviceOpinion[] {
    const { opinions, times } = this;
    const nearest: DeviceOpinion[] = [];
    const offBy: number[] = [];
    for (let i = 0; i < opinions.length; i++) {
      const off = Math.abs(times[i] - ms);
      if (off >= reachMs || opinions[i].device === device) continue;
      const at = nearest.findIndex((other) => other.device === opinions[i].device);
      if (at < 0) {
        nearest.push(opinions[i]);
        offBy.push(off);
      } else if (off < offBy[at]) {
        nearest[at] = opinions[i];
        offBy[at] = off;
      }
    }
    return nearest;
  }
}

/** Start of the window on the clock that the devices have in common. */
export function commonMs({ startMs, clockOffsetMs }: DeviceOpinion): number {
  return startMs + clockOffsetMs;
}
