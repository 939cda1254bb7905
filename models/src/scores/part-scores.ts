import { Calibration } from './calibration.js';
import { ConfusionMatrix } from './confusion-matrix.js';
import { kappaTemporal } from './kappa-temporal.js';
import { MajorityBaseline } from './majority-baseline.js';
import { NoChangeBaseline } from './no-change-baseline.js';

/** Scores of all or of a part of the windows: a user's, a device's; all numbers are finite. */
export interface PartReport {
  /** Final predictions. */
  readonly windows: number;
  /** Of them, those whose true activity is known. */
  readonly labelled: number;
  readonly accuracy: number;
  readonly kappa: number;
  readonly kappaTemporal: number;
  readonly macroF1: number;
  /** Expected calibration error. */
  readonly ece: number;
  /** Accuracy of the part's most frequent label so far, and of repeating the device's last label, on these windows. */
  readonly baselines: { readonly majority: number; readonly noChange: number };
}

/** A window with a label and an answer. */
export interface ScoredWindow {
  /** The device whose window it was: the no-change baseline repeats its last label. */
  readonly stream: string;
  readonly truth: string;
  readonly classes: readonly string[];
  /** Of `classes`, in their order. */
  readonly probabilities: readonly number[];
  /** Number of the most probable class. */
  readonly predicted: number;
}

/** Scores a part of the windows of a stream. */
export class PartScores {
  windows = 0;
  labelled = 0;
  readonly matrix = new ConfusionMatrix();
  readonly calibration = new Calibration();
  private readonly noChange = new NoChangeBaseline();
  private readonly majority = new MajorityBaseline();

  /** @returns whether the baselines would have been right. */
  score(window: ScoredWindow): { readonly noChangeRight: boolean; readonly majorityRight: boolean } {
    const { stream, truth, classes, probabilities, predicted } = window;
    this.matrix.add(truth, classes[predicted]);
    this.calibration.add(probabilities, predicted, classes.indexOf(truth));
    return { noChangeRight: this.noChange.add(truth, stream), majorityRight: this.majority.add(truth) };
  }

  report(): PartReport {
    const { windows, labelled, matrix, calibration, majority } = this;
    const { accuracy, kappa, macroF1 } = matrix;
    const noChange = this.noChange.accuracy;
    return {
      ...{ windows, labelled, accuracy, kappa, macroF1 },
      kappaTemporal: kappaTemporal(accuracy, noChange),
      ece: calibration.ece,
      baselines: { majority: majority.accuracy, noChange },
    };
  }
}
