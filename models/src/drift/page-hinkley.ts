import { type StateReader, type StateWriter } from '@hark/streaming';
import type { DriftDetector, DriftEvidence, DriftSignal } from './drift-detector.js';
import { checkDriftValue } from './drift-value.js';
import { readEvidence, writeEvidence } from './evidence-state.js';
import { RunningMean } from './running-mean.js';

export interface PageHinkleyOptions {
  /** No word before this many values. */
  readonly warmUp?: number;
  /** Deviations from the mean smaller than this count for nothing (δ). */
  readonly delta?: number;
  /** How far the sum of deviations must stand above its least, or below its greatest (λ). */
  readonly threshold?: number;
  /** The sums forget with this factor a value. */
  readonly forgetting?: number;
  readonly direction?: 'both' | 'rise' | 'fall';
  /** `drift`, or `warning` for a detector whose word is a first sign. */
  readonly signal?: 'warning' | 'drift';
}

/**
 * The Page-Hinkley test (Page, "Continuous Inspection Schemes", Biometrika 1954; in this form Sebastião & Fernandes
 * 2017): the sum of the deviations from the running mean, against its least value so far (a rise) and its greatest (a
 * fall).
 *
 * As River 0.26.1, to the bit: the greatest sum starts at −1. MOA has the rise alone, with a sum that never falls
 * below 0 in place of the least; Page's own scheme doesn't forget and knows the mean.
 */
export class PageHinkley implements DriftDetector {
  readonly name = 'Page-Hinkley';
  readonly input = 'number';
  private readonly options: Required<PageHinkleyOptions>;
  /** Of all values since the start. */
  readonly mean = new RunningMean();
  private rise = 0;
  private fall = 0;
  private leastRise = Infinity;
  private greatestFall = -1;
  /** The mean when the rise was least and when the fall was greatest: what was before a change. */
  private readonly meanAtLeast = new RunningMean();
  private readonly meanAtGreatest = new RunningMean();
  private drifted = false;
  private lastEvidence: DriftEvidence | null = null;

  constructor(options: PageHinkleyOptions = {}) {
    this.options = {
      warmUp: options.warmUp ?? 30,
      delta: options.delta ?? 0.005,
      threshold: options.threshold ?? 50,
      forgetting: options.forgetting ?? 1 - 0.0001,
      direction: options.direction ?? 'both',
      signal: options.signal ?? 'drift',
    };
  }

  get evidence(): DriftEvidence | null {
    return this.lastEvidence;
  }

  /** The two sums of deviations and their extremes so far. */
  get sums(): Readonly<Record<'rise' | 'fall' | 'leastRise' | 'greatestFall', number>> {
    const { rise, fall, leastRise, greatestFall } = this;
    return { rise, fall, leastRise, greatestFall };
  }

  update(value: number): DriftSignal {
    checkDriftValue(this, value);
    if (this.drifted) this.forget();
    const { mean, options } = this;
    mean.add(value);
    const deviation = value - mean.mean;
    this.rise = options.forgetting * this.rise + deviation - options.delta;
    this.fall = options.forgetting * this.fall + deviation + options.delta;
    if (this.rise < this.leastRise) {
      this.leastRise = this.rise;
      this.meanAtLeast.copyFrom(mean);
    }
    if (this.fall > this.greatestFall) {
      this.greatestFall = this.fall;
      this.meanAtGreatest.copyFrom(mean);
    }
    if (mean.count < options.warmUp) return 'none';
    const risen = this.rise - this.leastRise;
    const fallen = this.greatestFall - this.fall;
    if (options.direction !== 'fall' && risen > options.threshold) return this.found(risen, this.meanAtLeast);
    if (options.direction !== 'rise' && fallen > options.threshold) {
      return this.found(fallen, this.meanAtGreatest);
    }
    return 'none';
  }

  reset(): void {
    this.forget();
    this.lastEvidence = null;
  }

  write(state: StateWriter): void {
    for (const mean of [this.mean, this.meanAtLeast, this.meanAtGreatest]) mean.write(state);
    state.f64(this.rise).f64(this.fall).f64(this.leastRise).f64(this.greatestFall).bool(this.drifted);
    writeEvidence(state, this.lastEvidence);
  }

  read(state: StateReader): void {
    for (const mean of [this.mean, this.meanAtLeast, this.meanAtGreatest]) mean.read(state);
    this.rise = state.f64();
    this.fall = state.f64();
    this.leastRise = state.f64();
    this.greatestFall = state.f64();
    this.drifted = state.bool();
    this.lastEvidence = readEvidence(state);
  }

  private found(statistic: number, earlier: RunningMean): DriftSignal {
    this.drifted = true;
    const { threshold, signal } = this.options;
    const since = this.mean.count - earlier.count;
    const after = this.mean.since(earlier);
    this.lastEvidence = { statistic, threshold, before: earlier.mean, after, since };
    return signal;
  }

  private forget(): void {
    for (const mean of [this.mean, this.meanAtLeast, this.meanAtGreatest]) mean.clear();
    this.rise = 0;
    this.fall = 0;
    this.leastRise = Infinity;
    this.greatestFall = -1;
    this.drifted = false;
  }
}
