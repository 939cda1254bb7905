import type { Clock } from '../../clock.js';
import type { ChannelEntry } from '../channel.js';
import type { LatestPredictions } from './latest-predictions.js';

/** How long after a device's falling silent it may be noticed. */
const LEEWAY_MS = 250;

/** Announces devices that have fallen silent, once each, by a timer that runs while there is one that may. */
export class SilenceWatch {
  private cancel: (() => void) | null = null;
  private ended = false;

  constructor(
    private readonly latest: LatestPredictions,
    private readonly clock: Clock,
    private readonly announce: (entry: ChannelEntry) => void,
  ) {}

  /** To be called when something may have been predicted since. */
  readonly look = (): void => {
    if (this.ended || this.cancel !== null) return;
    const at = this.latest.nextStaleAt();
    if (at === null) return;
    this.cancel = this.clock.after(Math.max(0, at - this.clock.now()) + LEEWAY_MS, () => {
      this.cancel = null;
      for (const entry of this.latest.fallenSilent(this.clock.now())) this.announce(entry);
      this.look();
    });
  };

  end(): void {
    this.ended = true;
    this.cancel?.();
    this.cancel = null;
  }
}
