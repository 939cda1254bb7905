import { deviceKey, type Prediction, type ScoreSummary } from '@hark/contracts';
import { ConfusionMatrix, type ClassScore } from './confusion-matrix.js';
import { kappaTemporal } from './kappa-temporal.js';
import { mostProbable } from './most-probable.js';
import { NoChangeBaseline } from './no-change-baseline.js';

/** Scores of a part of the predictions. */
export interface EvaluationSegment {
  readonly user: string;
  readonly device: string;
  readonly windows: number;
  readonly labelled: number;
  readonly accuracy: number;
  readonly kappa: number;
  readonly macroF1: number;
}

/** What an evaluation says; all numbers are finite. */
export interface EvaluationReport {
  /** Final predictions. */
  readonly windows: number;
  /** Of them, those whose true activity is known. */
  readonly labelled: number;
  /** Labelled windows without an answer (no data, or nothing learned yet): they are not scored. */
  readonly unanswered: number;
  readonly accuracy: number;
  readonly kappa: number;
  readonly kappaTemporal: number;
  readonly macroF1: number;
  readonly perClass: readonly ClassScore[];
  /** `counts[true class][predicted class]`. */
  readonly confusion: {
    readonly classes: readonly string[];
    readonly counts: readonly (readonly number[])[];
  };
  /** Windows whose start is a multiple of their size: overlapping ones share samples, which flatters. */
  readonly nonOverlapping: ScoreSummary;
  /** Accuracy of the most frequent label so far, and of repeating the device's last label, on the same windows. */
  readonly baselines: { readonly majority: number; readonly noChange: number };
  /** One for each (user, device), in the order they appeared. */
  readonly segments: readonly EvaluationSegment[];
}

interface Segment {
  readonly user: string;
  readonly device: string;
  windows: number;
  labelled: number;
  readonly matrix: ConfusionMatrix;
}

/**
 * Scores a stream of predictions, made by the service or offline: the same predictions give the same report. Scored
 * is the most probable activity, also where confidence was too low to say it aloud.
 */
export class Evaluation {
  private windows = 0;
  private labelled = 0;
  private readonly matrix = new ConfusionMatrix();
  private readonly nonOverlapping = new ConfusionMatrix();
  private readonly noChange = new NoChangeBaseline();
  private readonly labels = new Map<string, number>();
  private majorityRight = 0;
  private readonly segments = new Map<string, Segment>();

  /** @param prediction in log order; early revisions are passed over. */
  add(prediction: Prediction): void {
    if (!prediction.final) return;
    const segment = this.segment(prediction);
    this.windows++;
    segment.windows++;
    const { label } = prediction;
    if (label === null) return;
    this.labelled++;
    segment.labelled++;
    const names = Object.keys(prediction.probabilities);
    if (names.length === 0) return;
    const predicted = names[mostProbable(Object.values(prediction.probabilities))];
    this.matrix.add(label, predicted);
    segment.matrix.add(label, predicted);
    const start = Date.parse(prediction.window.start);
    const size = Date.parse(prediction.window.end) - start;
    if (start % size === 0) this.nonOverlapping.add(label, predicted);
    this.noChange.add(label, deviceKey(prediction));
    if (this.majorityLabel() === label) this.majorityRight++;
    this.labels.set(label, (this.labels.get(label) ?? 0) + 1);
  }

  report(): EvaluationReport {
    const { matrix } = this;
    const noChange = this.noChange.accuracy;
    return {
      windows: this.windows,
      labelled: this.labelled,
      unanswered: this.labelled - matrix.count,
      accuracy: matrix.accuracy,
      kappa: matrix.kappa,
      kappaTemporal: kappaTemporal(matrix.accuracy, noChange),
      macroF1: matrix.macroF1,
      perClass: matrix.perClass(),
      confusion: matrix.table(),
      nonOverlapping: this.nonOverlapping.summary(),
      baselines: { majority: matrix.count === 0 ? 0 : this.majorityRight / matrix.count, noChange },
      segments: [...this.segments.values()].map((segment) => {
        const { user, device, windows, labelled } = segment;
        const { accuracy, kappa, macroF1 } = segment.matrix;
        return { user, device, windows, labelled, accuracy, kappa, macroF1 };
      }),
    };
  }

  private segment(prediction: Prediction): Segment {
    const key = deviceKey(prediction);
    let segment = this.segments.get(key);
    if (segment === undefined) {
      const { user, device } = prediction;
      segment = { user, device, windows: 0, labelled: 0, matrix: new ConfusionMatrix() };
      this.segments.set(key, segment);
    }
    return segment;
  }

  /** The most frequent label so far, the first seen among equals. */
  private majorityLabel(): string | null {
    let most: string | null = null;
    let mostCount = 0;
    for (const [label, count] of this.labels) {
      if (count > mostCount) {
        most = label;
        mostCount = count;
      }
    }
    return most;
  }
}
