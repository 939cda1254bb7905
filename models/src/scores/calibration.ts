import type { StateReader, StateWriter } from '@hark/streaming';

/** Bins of equal width over the confidences from 0 to 1, as many as in Guo et al. (2017). */
export const CALIBRATION_BINS = 15;

/** The windows whose confidence was above `from` and at most `to`. */
export interface ReliabilityBin {
  readonly from: number;
  readonly to: number;
  readonly windows: number;
  /** Mean confidence of them; 0 of none. */
  readonly confidence: number;
  /** Share of them that were right; 0 of none. */
  readonly accuracy: number;
}

/** Whether confidences mean what they say; all numbers are finite. */
export interface CalibrationReport {
  /** Expected calibration error: |accuracy − confidence| of the bins, weighted by their windows. 0 is perfect. */
  readonly ece: number;
  /** Maximum calibration error: the greatest |accuracy − confidence| of a bin that holds windows. */
  readonly mce: number;
  /** Mean of Σ (probability − truth)² over the classes (Brier 1950): 0 perfect, 2 sure and always wrong. */
  readonly brier: number;
  /** All bins in order, empty ones included. */
  readonly bins: readonly ReliabilityBin[];
}

/**
 * Compares confidences with how often they were right (reliability diagram, DeGroot & Fienberg 1983; expected and
 * maximum calibration error, Naeini et al. 2015, Guo et al. 2017). Confidence is the greatest probability.
 */
export class Calibration {
  private windows = 0;
  private squares = 0;
  private readonly counts = new Float64Array(CALIBRATION_BINS);
  private readonly confidences = new Float64Array(CALIBRATION_BINS);
  private readonly rights = new Float64Array(CALIBRATION_BINS);

  /**
   * @param probabilities finite, summing to 1.
   * @param predicted number of the greatest of them.
   * @param truth number of the true class; −1 where it has no probability yet.
   */
  add(probabilities: ArrayLike<number>, predicted: number, truth: number): void {
    const confidence = Math.min(1, Math.max(0, probabilities[predicted]));
    const bin = Math.max(0, Math.ceil(confidence * CALIBRATION_BINS) - 1);
    this.windows++;
    this.counts[bin]++;
    this.confidences[bin] += confidence;
    if (predicted === truth) this.rights[bin]++;
    let sum = truth < 0 ? 1 : 0;
    for (let c = 0; c < probabilities.length; c++) {
      const error = probabilities[c] - (c === truth ? 1 : 0);
      sum += error * error;
    }
    this.squares += sum;
  }

  get ece(): number {
    let sum = 0;
    for (let bin = 0; bin < CALIBRATION_BINS; bin++)
      sum += Math.abs(this.rights[bin] - this.confidences[bin]);
    return this.windows === 0 ? 0 : sum / this.windows;
  }

  report(): CalibrationReport {
    const bins: ReliabilityBin[] = [];
    let mce = 0;
    for (let bin = 0; bin < CALIBRATION_BINS; bin++) {
      const windows = this.counts[bin];
      const confidence = windows === 0 ? 0 : this.confidences[bin] / windows;
      const accuracy = windows === 0 ? 0 : this.rights[bin] / windows;
      mce = Math.max(mce, Math.abs(accuracy - confidence));
      const [from, to] = [bin / CALIBRATION_BINS, (bin + 1) / CALIBRATION_BINS];
      bins.push({ from, to, windows, confidence, accuracy });
    }
    return { ece: this.ece, mce, brier: this.windows === 0 ? 0 : this.squares / this.windows, bins };
  }

  write(state: StateWriter): void {
    state.f64(this.windows).f64(this.squares);
    state.f64Array(this.counts).f64Array(this.confidences).f64Array(this.rights);
  }

  static read(state: StateReader): Calibration {
    const restored = new Calibration();
    restored.windows = state.f64();
    restored.squares = state.f64();
    restored.counts.set(state.f64Array(CALIBRATION_BINS));
    restored.confidences.set(state.f64Array(CALIBRATION_BINS));
    restored.rights.set(state.f64Array(CALIBRATION_BINS));
    return restored;
  }
}
