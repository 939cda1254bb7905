import type { ReplayView } from '@hark/contracts';
import type { ReplayOptions } from './replay-record.js';

/** A replay that was over when the gateway was started anew: its result is known, its predictions are gone. */
export class EndedReplay {
  readonly over = true;

  constructor(
    readonly options: ReplayOptions,
    private readonly last: ReplayView,
  ) {}

  view(): ReplayView {
    return this.last;
  }
}
