import { type StateReader, type StateWriter } from '@hark/streaming';
import type { DriftDetector, DriftEvidence, DriftSignal } from './drift-detector.js';
import { checkDriftValue } from './drift-value.js';
import { readEvidence, writeEvidence } from './evidence-state.js';
import { RunningMean } from './running-mean.js';

export interface HddmOptions {
  /** Bounds on the probability of a false alarm, and of a false warning, at one value. */
  readonly driftConfidence?: number;
  readonly warningConfidence?: number;
  /** `rise`: a fall is not told. */
  readonly direction?: 'both' | 'rise';
}

/**
 * HDDM_A (Frías-Blanco et al., "Online and Non-Parametric Drift Detection Methods Based on Hoeffding's Bounds", IEEE
 * TKDE 2015, A-test): the mean of all values against the mean up to the cut at which its upper bound was least (for a
 * rise) or its lower bound greatest (for a fall), by Hoeffding's inequality.
 *
 * Detects and warns where River 0.26.1 does, and MOA 2024.07 until it has seen a change back. Both look for the cut with
 * the drift's confidence alone, and ask for ln(2/α), as in a two-sided test, also in the one-sided one.
 */
export class HddmA implements DriftDetector {
  readonly name = 'HDDM_A';
  readonly input = 'proportion';
  private readonly driftConfidence: number;
  private readonly warningConfidence: number;
  private readonly direction: 'both' | 'rise';
  private readonly all = new RunningMean();
  /** Up to the cut of a rise, and of a fall. */
  private readonly low = new RunningMean();
  private readonly high = new RunningMean();
  private drifted = false;
  private lastEvidence: DriftEvidence | null = null;

  constructor(options: HddmOptions = {}) {
    this.driftConfidence = options.driftConfidence ?? 0.001;
    this.warningConfidence = options.warningConfidence ?? 0.005;
    this.direction = options.direction ?? 'rise';
  }

  get evidence(): DriftEvidence | null {
    return this.lastEvidence;
  }

  update(value: number): DriftSignal {
    checkDriftValue(this, value);
    if (this.drifted) this.forget();
    const { all, low, high } = this;
    all.add(value);
    if (low.count === 0) low.copyFrom(all);
    if (high.count === 0) high.copyFrom(all);
    const bound = this.bound(all.count);
    if (low.mean + this.bound(low.count) >= all.mean + bound) low.copyFrom(all);
    if (high.mean - this.bound(high.count) <= all.mean - bound) high.copyFrom(all);

    const twoSided = this.direction === 'both';
    this.drifted =
      this.differs(low, this.driftConfidence, 1) ||
      (twoSided && this.differs(high, this.driftConfidence, -1));
    if (this.drifted) return 'drift';
    const warned =
      this.differs(low, this.warningConfidence, 1) ||
      (twoSided && this.differs(high, this.warningConfidence, -1));
    return warned ? 'warning' : 'none';
  }

  reset(): void {
    this.forget();
    this.lastEvidence = null;
  }

  write(state: StateWriter): void {
    for (const mean of [this.all, this.low, this.high]) mean.write(state);
    state.bool(this.drifted);
    writeEvidence(state, this.lastEvidence);
  }

  read(state: StateReader): void {
    for (const mean of [this.all, this.low, this.high]) mean.read(state);
    this.drifted = state.bool();
    this.lastEvidence = readEvidence(state);
  }

  /** How far the mean of `count` values in [0, 1] may stand from what is expected of it. */
  private bound(count: number): number {
    return Math.sqrt((1 / (2 * count)) * Math.log(1 / this.driftConfidence));
  }

  /** @param sign 1: whether the mean of all is above that of the cut; −1: below. */
  private differs(cut: RunningMean, confidence: number, sign: 1 | -1): boolean {
    const { all } = this;
    const since = all.count - cut.count;
    if (since === 0) return false;
    const m = (since / cut.count) * (1 / all.count);
    const threshold = Math.sqrt((m / 2) * Math.log(2 / confidence));
    const statistic = sign * (all.mean - cut.mean);
    if (!(statistic >= threshold)) return false;
    this.lastEvidence = { statistic, threshold, before: cut.mean, after: all.since(cut), since };
    return true;
  }

  private forget(): void {
    for (const mean of [this.all, this.low, this.high]) mean.clear();
    this.drifted = false;
  }
}
