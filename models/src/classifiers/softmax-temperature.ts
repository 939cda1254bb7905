/** Bounds of the sharpness: beyond them a probability says nothing, or is 0 or 1 by rounding. */
const LEAST = 1;
const MOST = 40;
const INITIAL = 8;
/** Step of the descent; about 1 / RATE windows of memory. */
const RATE = 0.02;

/**
 * Turns least-squares scores into probabilities: softmax of `sharpness · score` (temperature scaling, Guo et al. 2017).
 * The sharpness follows, window by window, the gradient of the log loss of predictions made before learning, so that
 * among windows said to be 0.8 sure about 0.8 are right, on whatever data these are.
 */
export class SoftmaxTemperature {
  sharpness = INITIAL;

  /** Writes to `probabilities` those of `scores[0, count)`: finite, ≥ 0, sum 1. */
  probabilities(scores: Float64Array, count: number, probabilities: Float64Array): void {
    let most = scores[0];
    for (let c = 1; c < count; c++) if (scores[c] > most) most = scores[c];
    let sum = 0;
    for (let c = 0; c < count; c++) {
      probabilities[c] = Math.exp((scores[c] - most) * this.sharpness);
      sum += probabilities[c];
    }
    for (let c = 0; c < count; c++) probabilities[c] /= sum;
  }

  /** One descent step in log(sharpness), with `probabilities` those of `scores` and the class that was true. */
  learn(scores: Float64Array, probabilities: Float64Array, count: number, truth: number): void {
    let expected = 0;
    for (let c = 0; c < count; c++) expected += probabilities[c] * scores[c];
    const gradient = (expected - scores[truth]) * this.sharpness;
    const bounded = Math.max(-4, Math.min(4, gradient));
    this.sharpness = Math.max(LEAST, Math.min(MOST, this.sharpness * Math.exp(-RATE * bounded)));
  }
}
