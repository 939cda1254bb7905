import { type StateReader, type StateWriter } from '@hark/streaming';
import type { DriftDetector, DriftEvidence, DriftSignal } from './drift-detector.js';
import { checkDriftValue } from './drift-value.js';
import { readEvidence, writeEvidence } from './evidence-state.js';
import { RunningMean } from './running-mean.js';

export interface DdmOptions {
  /** No word before more values than this. */
  readonly warmUp?: number;
  /** Standard deviations above the least error at which it warns, and at which it calls drift. */
  readonly warningLevel?: number;
  readonly driftLevel?: number;
}

/**
 * DDM (Gama, Medas, Castillo & Rodrigues, "Learning with Drift Detection", SBIA 2004): the error rate p and its
 * deviation s = √(p(1 − p)/n) since the start, against the least p + s seen. For a rise alone.
 *
 * As River 0.26.1, to the bit. The paper has ≥ where River has >; MOA 2024.07 detects at the same values until it has
 * seen a change back. A stream without any error is drift at the first error after it: its least deviation is 0.
 */
export class Ddm implements DriftDetector {
  readonly name = 'DDM';
  readonly input = 'proportion';
  private readonly warmUp: number;
  private readonly warningLevel: number;
  private readonly driftLevel: number;
  /** Error rate so far. */
  readonly rate = new RunningMean();
  /** At the least rate + deviation: how many values, their rate and its deviation. Infinite before the warm-up. */
  private countAtLeast = 0;
  private rateAtLeast = Infinity;
  private deviationAtLeast = Infinity;
  private drifted = false;
  private lastEvidence: DriftEvidence | null = null;

  constructor({ warmUp = 30, warningLevel = 2, driftLevel = 3 }: DdmOptions = {}) {
    this.warmUp = warmUp;
    this.warningLevel = warningLevel;
    this.driftLevel = driftLevel;
  }

  get evidence(): DriftEvidence | null {
    return this.lastEvidence;
  }

  get leastRate(): number {
    return this.rateAtLeast;
  }

  get leastDeviation(): number {
    return this.deviationAtLeast;
  }

  update(value: number): DriftSignal {
    checkDriftValue(this, value);
    if (this.drifted) this.forget();
    const { rate } = this;
    rate.add(value);
    if (rate.count <= this.warmUp) return 'none';
    // Rounding may carry the mean of ones past 1.
    const deviation = Math.sqrt(Math.max(0, (rate.mean * (1 - rate.mean)) / rate.count));
    const sum = rate.mean + deviation;
    if (sum <= this.rateAtLeast + this.deviationAtLeast) {
      this.countAtLeast = rate.count;
      this.rateAtLeast = rate.mean;
      this.deviationAtLeast = deviation;
    }
    this.drifted = this.exceeds(sum, this.driftLevel);
    if (this.drifted) return 'drift';
    return this.exceeds(sum, this.warningLevel) ? 'warning' : 'none';
  }

  reset(): void {
    this.forget();
    this.lastEvidence = null;
  }

  write(state: StateWriter): void {
    this.rate.write(state);
    state.f64(this.countAtLeast).f64(this.rateAtLeast).f64(this.deviationAtLeast).bool(this.drifted);
    writeEvidence(state, this.lastEvidence);
  }

  read(state: StateReader): void {
    this.rate.read(state);
    this.countAtLeast = state.f64();
    this.rateAtLeast = state.f64();
    this.deviationAtLeast = state.f64();
    this.drifted = state.bool();
    this.lastEvidence = readEvidence(state);
  }

  private exceeds(statistic: number, level: number): boolean {
    const { rate, rateAtLeast: before, countAtLeast } = this;
    const threshold = before + level * this.deviationAtLeast;
    if (!(statistic > threshold)) return false;
    const since = rate.count - countAtLeast;
    const after = (rate.count * rate.mean - countAtLeast * before) / since;
    this.lastEvidence = { statistic, threshold, before, after, since };
    return true;
  }

  private forget(): void {
    this.rate.clear();
    this.countAtLeast = 0;
    this.rateAtLeast = Infinity;
    this.deviationAtLeast = Infinity;
    this.drifted = false;
  }
}
