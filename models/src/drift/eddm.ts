import { type StateReader, type StateWriter } from '@hark/streaming';
import type { DriftDetector, DriftEvidence, DriftSignal } from './drift-detector.js';
import { checkDriftValue } from './drift-value.js';
import { readEvidence, writeEvidence } from './evidence-state.js';
import { RunningMean } from './running-mean.js';

export interface EddmOptions {
  /** No word before more errors than this. */
  readonly warmUp?: number;
  /** Parts of the greatest distance below which it warns (α), and below which it calls drift (β ≤ α). */
  readonly warningLevel?: number;
  readonly driftLevel?: number;
}

/**
 * EDDM (Baena-García et al., "Early Drift Detection Method", IWKDDS 2006): the distances between errors, mean p' and
 * deviation s', of which p' + 2s' is compared with the greatest seen. For a rise of the error alone. Very eager.
 *
 * As River 0.26.1, to the bit: the deviation is the sample's (n − 1); the first distance is taken from the start; the
 * greatest is looked for from the warm-up's count of *values* on, a signal from its count of *errors* on; a warning
 * stands until the next error. MOA 2024.07 detects elsewhere.
 *
 * The evidence's statistic is the part of the greatest distance left, and is *below* the threshold.
 */
export class Eddm implements DriftDetector {
  readonly name = 'EDDM';
  readonly input = 'bit';
  private readonly warmUp: number;
  private readonly warningLevel: number;
  private readonly driftLevel: number;
  private seen = 0;
  private lastError = 0;
  /** Of the distances between errors; its count is that of the errors. */
  readonly distance = new RunningMean();
  /** Sum of squared deviations of the distances. */
  private squares = 0;
  private greatestHeld = -1;
  private seenAtGreatest = 0;
  private errorsAtGreatest = 0;
  private warned = false;
  private drifted = false;
  private lastEvidence: DriftEvidence | null = null;

  constructor({ warmUp = 30, warningLevel = 0.95, driftLevel = 0.9 }: EddmOptions = {}) {
    this.warmUp = warmUp;
    this.warningLevel = warningLevel;
    this.driftLevel = driftLevel;
  }

  get evidence(): DriftEvidence | null {
    return this.lastEvidence;
  }

  get count(): number {
    return this.seen;
  }

  /** Sample variance of the distances. */
  get variance(): number {
    const { count } = this.distance;
    return count > 1 ? this.squares / (count - 1) : 0;
  }

  /** The greatest p' + 2s'; −1 before the first. */
  get greatest(): number {
    return this.greatestHeld;
  }

  update(value: number): DriftSignal {
    checkDriftValue(this, value);
    if (this.drifted) this.forget();
    this.seen++;
    if (value === 1) this.takeError();
    return this.drifted ? 'drift' : this.warned ? 'warning' : 'none';
  }

  reset(): void {
    this.forget();
    this.lastEvidence = null;
  }

  write(state: StateWriter): void {
    state.f64(this.seen).f64(this.lastError);
    this.distance.write(state);
    state.f64(this.squares).f64(this.greatestHeld).f64(this.seenAtGreatest).f64(this.errorsAtGreatest);
    state.bool(this.warned).bool(this.drifted);
    writeEvidence(state, this.lastEvidence);
  }

  read(state: StateReader): void {
    this.seen = state.f64();
    this.lastError = state.f64();
    this.distance.read(state);
    this.squares = state.f64();
    this.greatestHeld = state.f64();
    this.seenAtGreatest = state.f64();
    this.errorsAtGreatest = state.f64();
    this.warned = state.bool();
    this.drifted = state.bool();
    this.lastEvidence = readEvidence(state);
  }

  private takeError(): void {
    const { distance, seen } = this;
    const gap = seen - this.lastError;
    this.lastError = seen;
    const before = distance.mean;
    distance.add(gap);
    this.squares += (gap - before) * (gap - distance.mean);
    if (seen <= this.warmUp) return;
    const sum = distance.mean + 2 * Math.sqrt(this.variance);
    if (sum > this.greatestHeld) {
      this.greatestHeld = sum;
      this.seenAtGreatest = seen;
      this.errorsAtGreatest = distance.count;
    } else if (distance.count > this.warmUp) {
      const level = sum / this.greatestHeld;
      this.drifted = level < this.driftLevel;
      if (!this.drifted) this.warned = level < this.warningLevel;
      if (this.drifted) this.found(level, this.driftLevel);
      else if (this.warned) this.found(level, this.warningLevel);
    }
  }

  private found(statistic: number, threshold: number): void {
    const { seen, seenAtGreatest, errorsAtGreatest } = this;
    const since = seen - seenAtGreatest;
    const before = errorsAtGreatest / seenAtGreatest;
    const after = (this.distance.count - errorsAtGreatest) / since;
    this.lastEvidence = { statistic, threshold, before, after, since };
  }

  private forget(): void {
    this.seen = 0;
    this.lastError = 0;
    this.distance.clear();
    this.squares = 0;
    this.greatestHeld = -1;
    this.seenAtGreatest = 0;
    this.errorsAtGreatest = 0;
    this.warned = false;
    this.drifted = false;
  }
}
