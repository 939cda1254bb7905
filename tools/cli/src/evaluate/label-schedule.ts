import { deviceKey, encodeWindowRecord } from '@hark/contracts';
import type { FinalWindow } from './window-source.js';

/** Which labels the learner gets to see, and when. */
export interface LabelOptions {
  /** Every N-th labelled window of each device keeps its label. */
  readonly every: number;
  /** Event time between a window's end and its label's arrival, milliseconds. */
  readonly delayMs: number;
}

/** A window as it is to be given to the learner. */
export interface ScheduledWindow {
  readonly bytes: Uint8Array;
  /** False when the window has been predicted before and comes again for its label's sake. */
  readonly first: boolean;
}

/**
 * Withholds labels from the learner: only every N-th is given, and after a delay in the device's own event time. A
 * label that would arrive after the end of the recording never does.
 */
export class LabelSchedule {
  private readonly counts = new Map<string, number>();
  private readonly waiting = new Map<string, { readonly dueMs: number; readonly bytes: Uint8Array }[]>();

  constructor(private readonly options: LabelOptions) {}

  /** What the learner gets when this window becomes final. */
  *next({ window, bytes }: Pick<FinalWindow, 'window' | 'bytes'>): Generator<ScheduledWindow, void, void> {
    const { every, delayMs } = this.options;
    const key = deviceKey(window);
    const endMs = window.startMs + window.sizeMs;
    const waiting = this.waiting.get(key) ?? [];
    while (waiting.length > 0 && waiting[0].dueMs <= endMs) {
      yield { bytes: (waiting.shift() as { bytes: Uint8Array }).bytes, first: false };
    }
    if (window.label === null) return yield { bytes, first: true };
    const count = (this.counts.get(key) ?? 0) + 1;
    this.counts.set(key, count);
    const labelled = count % every === 0;
    if (labelled && delayMs === 0) return yield { bytes, first: true };
    if (labelled) {
      waiting.push({ dueMs: endMs + delayMs, bytes });
      this.waiting.set(key, waiting);
    }
    yield { bytes: encodeWindowRecord({ ...window, label: null }), first: true };
  }
}
