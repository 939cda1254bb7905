import { StateFormatError, type StateReader, type StateWriter } from '@hark/streaming';
import type { DriftDetector, DriftEvidence, DriftSignal } from './drift-detector.js';
import { checkDriftValue } from './drift-value.js';
import { readEvidence, writeEvidence } from './evidence-state.js';
import type { HddmOptions } from './hddm-a.js';

export interface HddmWOptions extends HddmOptions {
  /** Weight of a new value in the moving average (λ). */
  readonly weight?: number;
}

/** An exponentially weighted mean, and the sum of the squared weights in it: McDiarmid's independent bound. */
class WeightedMean {
  count = 0;
  mean = 0;
  squaredWeights = 1;

  add(value: number, weight: number): void {
    this.mean = this.count === 0 ? value : weight * value + (1 - weight) * this.mean;
    this.count++;
    this.squaredWeights = weight * weight + (1 - weight) * (1 - weight) * this.squaredWeights;
  }

  copyFrom(other: WeightedMean): void {
    this.count = other.count;
    this.mean = other.mean;
    this.squaredWeights = other.squaredWeights;
  }

  clear(): void {
    this.count = 0;
    this.mean = 0;
    this.squaredWeights = 1;
  }

  write(state: StateWriter): void {
    state.f64(this.count).f64(this.mean).f64(this.squaredWeights);
  }

  read(state: StateReader): void {
    this.count = state.f64();
    this.mean = state.f64();
    this.squaredWeights = state.f64();
    if (!(this.count >= 0)) throw new StateFormatError(`a mean of ${this.count} values`);
  }
}

/**
 * HDDM_W (Frías-Blanco et al., IEEE TKDE 2015, W-test): as {@link HddmA}, with exponentially weighted means and
 * McDiarmid's inequality: the mean up to the cut against that of the values after it. Quick, and eager: it forgets with
 * λ = 0.05 all but the last few dozen values.
 *
 * Detects and warns where River 0.26.1 does, and detects where MOA 2024.07 does. Both look for the cut with the drift's
 * confidence alone.
 */
export class HddmW implements DriftDetector {
  readonly name = 'HDDM_W';
  readonly input = 'proportion';
  private readonly driftConfidence: number;
  private readonly warningConfidence: number;
  private readonly direction: 'both' | 'rise';
  private readonly weight: number;
  private readonly all = new WeightedMean();
  /** Up to the cut and after it, of a rise and of a fall. */
  private readonly beforeRise = new WeightedMean();
  private readonly afterRise = new WeightedMean();
  private readonly beforeFall = new WeightedMean();
  private readonly afterFall = new WeightedMean();
  private readonly means = [this.all, this.beforeRise, this.afterRise, this.beforeFall, this.afterFall];
  private leastUpper = Infinity;
  private greatestLower = -Infinity;
  private drifted = false;
  private lastEvidence: DriftEvidence | null = null;

  constructor(options: HddmWOptions = {}) {
    this.driftConfidence = options.driftConfidence ?? 0.001;
    this.warningConfidence = options.warningConfidence ?? 0.005;
    this.direction = options.direction ?? 'rise';
    this.weight = options.weight ?? 0.05;
  }

  get evidence(): DriftEvidence | null {
    return this.lastEvidence;
  }

  update(value: number): DriftSignal {
    checkDriftValue(this, value);
    if (this.drifted) this.forget();
    const { all, weight, beforeRise, afterRise, beforeFall, afterFall } = this;
    all.add(value, weight);
    const bound = mcDiarmid(all.squaredWeights, this.driftConfidence);
    if (all.mean + bound < this.leastUpper) {
      this.leastUpper = all.mean + bound;
      beforeRise.copyFrom(all);
      afterRise.clear();
    } else {
      afterRise.add(value, weight);
    }
    if (all.mean - bound > this.greatestLower) {
      this.greatestLower = all.mean - bound;
      beforeFall.copyFrom(all);
      afterFall.clear();
    } else {
      afterFall.add(value, weight);
    }
    this.drifted = this.changed(this.driftConfidence);
    if (this.drifted) return 'drift';
    return this.changed(this.warningConfidence) ? 'warning' : 'none';
  }

  reset(): void {
    this.forget();
    this.lastEvidence = null;
  }

  write(state: StateWriter): void {
    for (const mean of this.means) mean.write(state);
    state.f64(this.leastUpper).f64(this.greatestLower).bool(this.drifted);
    writeEvidence(state, this.lastEvidence);
  }

  read(state: StateReader): void {
    for (const mean of this.means) mean.read(state);
    this.leastUpper = state.f64();
    this.greatestLower = state.f64();
    this.drifted = state.bool();
    this.lastEvidence = readEvidence(state);
  }

  private changed(confidence: number): boolean {
    if (this.differs(this.beforeRise, this.afterRise, confidence, 1)) return true;
    return this.direction === 'both' && this.differs(this.beforeFall, this.afterFall, confidence, -1);
  }

  private differs(before: WeightedMean, after: WeightedMean, confidence: number, sign: 1 | -1): boolean {
    if (before.count === 0 || after.count === 0) return false;
    const threshold = mcDiarmid(before.squaredWeights + after.squaredWeights, confidence);
    const statistic = sign * (after.mean - before.mean);
    if (!(statistic > threshold)) return false;
    this.lastEvidence = { statistic, threshold, before: before.mean, after: after.mean, since: after.count };
    return true;
  }

  private forget(): void {
    for (const mean of this.means) mean.clear();
    this.leastUpper = Infinity;
    this.greatestLower = -Infinity;
    this.drifted = false;
  }
}

function mcDiarmid(squaredWeights: number, confidence: number): number {
  return Math.sqrt((squaredWeights * Math.log(1 / confidence)) / 2);
}
