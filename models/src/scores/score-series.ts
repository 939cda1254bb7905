import { ConfusionMatrix } from './confusion-matrix.js';
import { kappaTemporal } from './kappa-temporal.js';

/** Scores of the last windows at points of a stream, as columns of the same length; all numbers are finite. */
export interface ScoreSeriesReport {
  /** How many windows count as the last ones. */
  readonly span: number;
  /** Windows scored when the point was taken. */
  readonly at: readonly number[];
  readonly accuracy: readonly number[];
  readonly kappa: readonly number[];
  readonly kappaTemporal: readonly number[];
  /** Accuracy of the baselines over the same windows. */
  readonly noChange: readonly number[];
  readonly majority: readonly number[];
}

interface Scored {
  readonly truth: string;
  readonly predicted: string;
  readonly noChangeRight: boolean;
  readonly majorityRight: boolean;
}

type Point = readonly [at: number, accuracy: number, kappa: number, noChange: number, majority: number];

/**
 * The scores of the last windows over the course of a stream, thinned as it grows: a point every window at first, and
 * each time there are too many every other one is dropped and half as many are taken from then on.
 */
export class ScoreSeries {
  private readonly recent = new ConfusionMatrix();
  /** The last windows, oldest first from `next` on once full. */
  private readonly ring: Scored[] = [];
  private next = 0;
  private noChangeRight = 0;
  private majorityRight = 0;
  private count = 0;
  private stride = 1;
  private points: Point[] = [];

  /** @param mostPoints that are kept, the last window's not counted; an even number. */
  constructor(
    private readonly span = 500,
    private readonly mostPoints = 500,
  ) {}

  add(truth: string, predicted: string, noChangeRight: boolean, majorityRight: boolean): void {
    const scored: Scored = { truth, predicted, noChangeRight, majorityRight };
    if (this.ring.length < this.span) {
      this.ring.push(scored);
    } else {
      this.take(this.ring[this.next], -1);
      this.ring[this.next] = scored;
      this.next = (this.next + 1) % this.span;
    }
    this.take(scored, 1);
    this.count++;
    if (this.count % this.stride !== 0) return;
    this.points.push(this.point());
    if (this.points.length < this.mostPoints) return;
    this.stride *= 2;
    this.points = this.points.filter(([at]) => at % this.stride === 0);
  }

  report(): ScoreSeriesReport {
    const points = [...this.points];
    if (this.count > 0 && points.at(-1)?.[0] !== this.count) points.push(this.point());
    return {
      span: this.span,
      at: points.map(([at]) => at),
      accuracy: points.map(([, accuracy]) => accuracy),
      kappa: points.map(([, , kappa]) => kappa),
      kappaTemporal: points.map(([, accuracy, , noChange]) => kappaTemporal(accuracy, noChange)),
      noChange: points.map(([, , , noChange]) => noChange),
      majority: points.map(([, , , , majority]) => majority),
    };
  }

  private take({ truth, predicted, noChangeRight, majorityRight }: Scored, sign: 1 | -1): void {
    if (sign === 1) this.recent.add(truth, predicted);
    else this.recent.remove(truth, predicted);
    if (noChangeRight) this.noChangeRight += sign;
    if (majorityRight) this.majorityRight += sign;
  }

  private point(): Point {
    const { accuracy, kappa } = this.recent;
    const windows = this.ring.length;
    return [this.count, accuracy, kappa, this.noChangeRight / windows, this.majorityRight / windows];
  }
}
