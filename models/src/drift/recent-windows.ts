import { StateFormatError, type StateReader, type StateWriter } from '@hark/streaming';
import type { Place } from './place.js';

/** Windows kept. */
const MOST = 256;

export interface ScoredWindow {
  readonly device: Place;
  readonly klass: string;
  readonly error: 0 | 1;
}

/** The last 256 labelled windows. */
export class RecentWindows {
  /** Oldest first from `next` on, once full. */
  private ring: ScoredWindow[] = [];
  private next = 0;

  /** @returns the window that is no longer recent, when there is one. */
  add(window: ScoredWindow): ScoredWindow | null {
    if (this.ring.length < MOST) {
      this.ring.push(window);
      return null;
    }
    const oldest = this.ring[this.next];
    this.ring[this.next] = window;
    this.next = (this.next + 1) % MOST;
    return oldest;
  }

  *newestFirst(count: number): Generator<ScoredWindow, void, undefined> {
    const { length } = this.ring;
    for (let i = 0; i < Math.min(count, length); i++) yield this.ring[(this.next + length - 1 - i) % length];
  }

  /** Mean error of the last `count` windows, at most 256 of them; 0 of none. */
  meanError(count: number): number {
    let errors = 0;
    let seen = 0;
    for (const { error } of this.newestFirst(count)) {
      seen++;
      errors += error;
    }
    return seen === 0 ? 0 : errors / seen;
  }

  write(state: StateWriter): void {
    state.u32(this.ring.length).u32(this.next);
    for (const { device, klass, error } of this.ring) state.string(device).string(klass).u8(error);
  }

  read(state: StateReader): void {
    const length = state.u32();
    this.next = state.u32();
    if (length > MOST || this.next >= MOST) throw new StateFormatError('the recent windows are damaged');
    this.ring = Array.from({ length }, () => ({
      device: state.string(),
      klass: state.string(),
      error: state.bool() ? 1 : 0,
    }));
  }
}
