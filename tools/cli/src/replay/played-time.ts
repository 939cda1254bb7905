/** A device that goes on after a longer pause, or whose clock jumps back by more, goes on at once. */
const LONGEST_PAUSE_MS = 60_000;

/**
 * How much time a recording has played, whatever its devices' clocks say: each device is set against the time played
 * when its first row comes, so that devices recorded side by side play side by side, also where their clocks differ,
 * and those that follow each other in a file play one after the other.
 */
export class PlayedTime {
  private readonly offsets = new Map<string, number>();
  private played = 0;

  /** Milliseconds; never goes back. */
  get ms(): number {
    return this.played;
  }

  /** The next row of the recording. @param eventMs its event time. */
  add(device: string, eventMs: number): void {
    const offset = this.offsets.get(device);
    const played = offset === undefined ? NaN : eventMs + offset;
    // Not a number, for a device's first row, is beyond as well.
    if (!(Math.abs(played - this.played) <= LONGEST_PAUSE_MS))
      this.offsets.set(device, this.played - eventMs);
    else if (played > this.played) this.played = played;
  }
}
