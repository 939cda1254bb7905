import { MAX_ACTIVITIES } from '@hark/contracts';
import type { StateReader, StateWriter } from '@hark/streaming';
import { ClassGaussians } from './class-gaussians.js';
import { normalBelow } from './normal-distribution.js';

/** Thresholds tried for each feature, evenly between the least and the greatest value seen. */
const THRESHOLDS = 10;

/** A test `x[feature] <= threshold`, and what it would have been worth. */
export interface SplitCandidate {
  readonly feature: number;
  readonly threshold: number;
  /** Bits by which knowing the outcome lowers the entropy of the class. */
  readonly gain: number;
  /** By how much that is better than the best test of another feature, or than none. */
  readonly margin: number;
  /** Windows of each class on either side, estimated. */
  readonly below: Float64Array;
  readonly above: Float64Array;
}

/** A leaf of a Hoeffding tree: what has been seen there since it came to be. */
export class HoeffdingLeaf {
  /** Windows of each class, with what the split that made the leaf is estimated to have sent there. */
  readonly counts: Float64Array;
  readonly gaussians: ClassGaussians;
  /** Windows since the leaf came to be on which its most frequent class, and its naive Bayes, were right. */
  frequentRight = 0;
  bayesRight = 0;
  private readonly least: Float64Array;
  private readonly greatest: Float64Array;

  constructor(dimensions: number, counts: Float64Array = new Float64Array(MAX_ACTIVITIES)) {
    this.counts = counts;
    this.gaussians = new ClassGaussians(dimensions);
    this.least = new Float64Array(dimensions).fill(Infinity);
    this.greatest = new Float64Array(dimensions).fill(-Infinity);
  }

  add(x: Float64Array, target: number): void {
    const { least, greatest } = this;
    this.counts[target]++;
    this.gaussians.add(x, target);
    for (let i = 0; i < x.length; i++) {
      if (x[i] < least[i]) least[i] = x[i];
      if (x[i] > greatest[i]) greatest[i] = x[i];
    }
  }

  /** The test that tells most of the class; null while there is one class alone, or nothing tells anything. */
  bestSplit(): SplitCandidate | null {
    const { gaussians, least, greatest } = this;
    const before = entropy(gaussians.counts);
    let best = { feature: -1, threshold: 0, gain: 0 };
    let second = 0;
    const below = new Float64Array(MAX_ACTIVITIES);
    const above = new Float64Array(MAX_ACTIVITIES);
    for (let feature = 0; feature < least.length; feature++) {
      const step = (greatest[feature] - least[feature]) / (THRESHOLDS + 1);
      let gain = 0;
      let threshold = 0;
      for (let k = 1; k <= THRESHOLDS; k++) {
        const tried = least[feature] + k * step;
        this.divide(feature, tried, below, above);
        const worth = before - entropyOfBoth(below, above);
        if (worth > gain) [gain, threshold] = [worth, tried];
      }
      if (gain > best.gain) {
        second = best.gain;
        best = { feature, threshold, gain };
      } else if (gain > second) {
        second = gain;
      }
    }
    if (best.feature < 0) return null;
    this.divide(best.feature, best.threshold, below, above);
    return { ...best, margin: best.gain - second, below, above };
  }

  write(state: StateWriter): void {
    state.f64Array(this.counts).f64(this.frequentRight).f64(this.bayesRight);
    this.gaussians.write(state);
    state.f64Array(this.least).f64Array(this.greatest);
  }

  read(state: StateReader): void {
    this.counts.set(state.f64Array(MAX_ACTIVITIES));
    this.frequentRight = state.f64();
    this.bayesRight = state.f64();
    this.gaussians.read(state);
    this.least.set(state.f64Array(this.least.length));
    this.greatest.set(state.f64Array(this.greatest.length));
  }

  /** Estimates how many windows of each class a test sends to either side. */
  private divide(feature: number, threshold: number, below: Float64Array, above: Float64Array): void {
    const { counts, means } = this.gaussians;
    for (let c = 0; c < MAX_ACTIVITIES; c++) {
      const mean = means[c];
      let share = 0;
      if (mean !== null) {
        const deviation = Math.sqrt(this.gaussians.variance(c, feature));
        const distance = threshold - mean[feature];
        if (deviation > 0) share = normalBelow(distance / deviation);
        else share = distance >= 0 ? 1 : 0;
      }
      below[c] = counts[c] * share;
      above[c] = counts[c] - below[c];
    }
  }
}

/** Of the class, in bits, where `counts` windows of each have come. */
function entropy(counts: Float64Array): number {
  let total = 0;
  for (const count of counts) total += count;
  let bits = 0;
  for (const count of counts) if (count > 0) bits -= (count / total) * Math.log2(count / total);
  return bits;
}

function entropyOfBoth(below: Float64Array, above: Float64Array): number {
  let [left, right] = [0, 0];
  for (let c = 0; c < MAX_ACTIVITIES; c++) {
    left += below[c];
    right += above[c];
  }
  return (left * entropy(below) + right * entropy(above)) / (left + right);
}
