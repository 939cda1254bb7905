import { McNemar } from '@hark/models';
import type { PairedReport } from './evaluation-result.js';
import type { FinalWindow } from './window-source.js';

/** Compares a classifier with the first one, window by window. */
export class PairedTest {
  private readonly all = new McNemar();
  private readonly nonOverlapping = new McNemar();

  /** @param first and `other`: whether each was right; null where it is not scored, then the window counts for none. */
  add({ window }: FinalWindow, first: boolean | null, other: boolean | null): void {
    if (first === null || other === null) return;
    this.all.add(first, other);
    if (window.startMs % window.sizeMs === 0) this.nonOverlapping.add(first, other);
  }

  report(): PairedReport {
    return { ...this.all.report(), nonOverlapping: this.nonOverlapping.report() };
  }
}
