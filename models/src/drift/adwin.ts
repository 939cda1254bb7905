import { StateFormatError, type StateReader, type StateWriter } from '@hark/streaming';
import type { DriftDetector, DriftEvidence, DriftSignal } from './drift-detector.js';
import { checkDriftValue } from './drift-value.js';
import { readEvidence, writeEvidence } from './evidence-state.js';
import { ExponentialHistogram } from './exponential-histogram.js';

/** Both sides of a cut must hold at least this many values. */
const LEAST_SIDE = 5;
/** No cut is looked for in a window this narrow. */
const GRACE = 10;

export interface AdwinOptions {
  /** Confidence: bound on the probability of a false alarm at one check. */
  readonly delta?: number;
  /** A cut is looked for at every so many values. */
  readonly clock?: number;
  /** `rise`: a change is told only when the mean went up; the window is cut in any case. */
  readonly direction?: 'both' | 'rise';
  /** `drift`, or `warning` for a detector whose word is a first sign. */
  readonly signal?: 'warning' | 'drift';
  /** River starts anew after a change; Bifet & Gavaldà and MOA keep the newer part. */
  readonly restart?: boolean;
}

/**
 * ADWIN2 (Bifet & Gavaldà, "Learning from Time-Changing Data with Adaptive Windowing", SDM 2007), as River 0.26.1
 * computes it, to the bit: a window of values that is cut wherever its two parts differ in mean by more than chance
 * allows. After a change all of the window is dropped at the next value; in the paper and MOA the newer part stays
 * (`restart: false`).
 */
export class Adwin implements DriftDetector {
  readonly name = 'ADWIN';
  readonly input = 'number';
  private readonly delta: number;
  private readonly clock: number;
  private readonly direction: 'both' | 'rise';
  private readonly signal: 'warning' | 'drift';
  private readonly restart: boolean;
  private histogram = new ExponentialHistogram();
  private tick = 0;
  private changed = false;
  private lastEvidence: DriftEvidence | null = null;

  constructor(options: AdwinOptions = {}) {
    this.delta = options.delta ?? 0.002;
    this.clock = options.clock ?? 32;
    this.direction = options.direction ?? 'both';
    this.signal = options.signal ?? 'drift';
    this.restart = options.restart ?? true;
  }

  get evidence(): DriftEvidence | null {
    return this.lastEvidence;
  }

  /** Values in the window. */
  get width(): number {
    return this.histogram.width;
  }

  /** Sum of the values in the window. */
  get total(): number {
    return this.histogram.total;
  }

  /** Sum of squared deviations in the window (River's `variance`). */
  get squares(): number {
    return this.histogram.squares;
  }

  /** Mean of the window; 0 when it is empty. */
  get mean(): number {
    return this.histogram.width === 0 ? 0 : this.histogram.total / this.histogram.width;
  }

  update(value: number): DriftSignal {
    checkDriftValue(this, value);
    if (this.changed && this.restart) {
      this.histogram = new ExponentialHistogram();
      this.tick = 0;
    }
    this.changed = false;
    this.histogram.add(value);
    this.tick++;
    if (this.tick % this.clock !== 0 || this.histogram.width <= GRACE) return 'none';

    let strongest: DriftEvidence | null = null;
    for (let cut = this.findCut(); cut !== null; cut = this.findCut()) {
      this.changed = true;
      if (strongest === null || cut.statistic - cut.threshold > strongest.statistic - strongest.threshold) {
        strongest = cut;
      }
      this.histogram.dropOldest();
    }
    if (strongest === null) return 'none';
    if (this.direction === 'rise' && strongest.after <= strongest.before) return 'none';
    this.lastEvidence = strongest;
    return this.signal;
  }

  reset(): void {
    this.histogram = new ExponentialHistogram();
    this.tick = 0;
    this.changed = false;
    this.lastEvidence = null;
  }

  write(state: StateWriter): void {
    state.f64(this.tick).bool(this.changed);
    writeEvidence(state, this.lastEvidence);
    this.histogram.write(state);
  }

  read(state: StateReader): void {
    this.tick = state.f64();
    if (!(this.tick >= 0)) throw new StateFormatError('ADWIN has no tick');
    this.changed = state.bool();
    this.lastEvidence = readEvidence(state);
    this.histogram = ExponentialHistogram.read(state);
  }

  /** The first cut, from the oldest value on, at which the two parts differ; null when there is none. */
  private findCut(): DriftEvidence | null {
    const { width, total, squares } = this.histogram;
    const confidence = Math.log((2 * Math.log(width)) / this.delta);
    const variance = squares / width;
    let n0 = 0;
    let u0 = 0;
    let n1 = width;
    let u1 = total;
    for (const bucket of this.histogram.oldestFirst()) {
      n0 += bucket.size;
      n1 -= bucket.size;
      u0 += bucket.total;
      u1 -= bucket.total;
      if (n0 < LEAST_SIDE || n1 < LEAST_SIDE) continue;
      const before = u0 / n0;
      const after = u1 / n1;
      const reciprocal = 1 / (n0 - LEAST_SIDE + 1) + 1 / (n1 - LEAST_SIDE + 1);
      const threshold = Math.sqrt(2 * reciprocal * variance * confidence) + (2 / 3) * confidence * reciprocal;
      const statistic = Math.abs(before - after);
      if (statistic > threshold) return { statistic, threshold, before, after, since: n1 };
    }
    return null;
  }
}
