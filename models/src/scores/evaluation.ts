import { deviceKey, type Prediction, type ScoreSummary } from '@hark/contracts';
import type { CalibrationReport } from './calibration.js';
import { ConfusionMatrix, type ClassScore } from './confusion-matrix.js';
import { mostProbable } from './most-probable.js';
import { PartScores, type PartReport, type ScoredWindow } from './part-scores.js';
import { ScoreSeries, type ScoreSeriesReport } from './score-series.js';

/** Scores of one device of one user. */
export interface EvaluationSegment extends PartReport {
  readonly user: string;
  readonly device: string;
  readonly model: string;
}

/** What an evaluation says; all numbers are finite. */
export interface EvaluationReport extends PartReport {
  /** Labelled windows without an answer (no data, or nothing learned yet): they are not scored. */
  readonly unanswered: number;
  readonly perClass: readonly ClassScore[];
  /** `counts[true class][predicted class]`. */
  readonly confusion: {
    readonly classes: readonly string[];
    readonly counts: readonly (readonly number[])[];
  };
  /** Windows whose start is a multiple of their size: overlapping ones share samples, which flatters. */
  readonly nonOverlapping: ScoreSummary;
  readonly calibration: CalibrationReport;
  /** Over the last 500 windows, in the course of the stream. */
  readonly series: ScoreSeriesReport;
  /** One for each (user, device), in the order they appeared; so are the following. */
  readonly segments: readonly EvaluationSegment[];
  readonly perUser: readonly (PartReport & { readonly user: string })[];
  /** By device, whoever carried it. */
  readonly perDevice: readonly (PartReport & { readonly device: string })[];
  /** By model of device, e.g. `nexus4`. */
  readonly perModel: readonly (PartReport & { readonly model: string })[];
}

interface Segment {
  readonly user: string;
  readonly device: string;
  readonly model: string;
  readonly scores: PartScores;
}

/**
 * Scores a stream of predictions, made by the service or offline: the same predictions give the same report. Scored
 * is the most probable activity, also where confidence was too low to say it aloud.
 */
export class Evaluation {
  private readonly all = new PartScores();
  private readonly nonOverlapping = new ConfusionMatrix();
  private readonly series = new ScoreSeries();
  private readonly segments = new Map<string, Segment>();
  private readonly users = new Map<string, PartScores>();
  private readonly devices = new Map<string, PartScores>();
  private readonly models = new Map<string, PartScores>();

  /**
   * @param prediction in log order; early revisions are passed over.
   * @returns whether it was right; null where it is not scored: without a label, or without an answer.
   */
  add(prediction: Prediction): boolean | null {
    if (!prediction.final) return null;
    const { label, probabilities } = prediction;
    const parts = this.partsOf(prediction);
    for (const part of parts) {
      part.windows++;
      if (label !== null) part.labelled++;
    }
    const classes = Object.keys(probabilities);
    if (label === null || classes.length === 0) return null;
    const values = Object.values(probabilities);
    const predicted = mostProbable(values);
    const window: ScoredWindow = {
      ...{ stream: deviceKey(prediction), truth: label },
      ...{ classes, probabilities: values, predicted },
    };
    for (const part of parts) {
      const { noChangeRight, majorityRight } = part.score(window);
      if (part === this.all) this.series.add(label, classes[predicted], noChangeRight, majorityRight);
    }
    const start = Date.parse(prediction.window.start);
    const size = Date.parse(prediction.window.end) - start;
    if (start % size === 0) this.nonOverlapping.add(label, classes[predicted]);
    return classes[predicted] === label;
  }

  /** Windows scored so far: with a label and an answer. */
  get scored(): number {
    return this.all.matrix.count;
  }

  report(): EvaluationReport {
    const { matrix, calibration } = this.all;
    const all = this.all.report();
    return {
      ...all,
      unanswered: all.labelled - matrix.count,
      perClass: matrix.perClass(),
      confusion: matrix.table(),
      nonOverlapping: this.nonOverlapping.summary(),
      calibration: calibration.report(),
      series: this.series.report(),
      segments: [...this.segments.values()].map(({ scores, ...id }) => ({ ...id, ...scores.report() })),
      perUser: [...this.users].map(([user, scores]) => ({ user, ...scores.report() })),
      perDevice: [...this.devices].map(([device, scores]) => ({ device, ...scores.report() })),
      perModel: [...this.models].map(([model, scores]) => ({ model, ...scores.report() })),
    };
  }

  /** The parts that a prediction belongs to. */
  private partsOf({ user, device, model }: Prediction): readonly PartScores[] {
    const key = deviceKey({ user, device });
    let segment = this.segments.get(key);
    if (segment === undefined) {
      segment = { user, device, model, scores: new PartScores() };
      this.segments.set(key, segment);
    }
    return [
      this.all,
      segment.scores,
      partOf(this.users, user),
      partOf(this.devices, device),
      partOf(this.models, model),
    ];
  }
}

function partOf(parts: Map<string, PartScores>, name: string): PartScores {
  let part = parts.get(name);
  if (part === undefined) {
    part = new PartScores();
    parts.set(name, part);
  }
  return part;
}
