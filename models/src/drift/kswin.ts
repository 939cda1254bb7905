import { StateFormatError, type StateReader, type StateWriter } from '@hark/streaming';
import { Xoshiro128 } from '../random/xoshiro128.js';
import type { DriftDetector, DriftEvidence, DriftSignal } from './drift-detector.js';
import { checkDriftValue } from './drift-value.js';
import { readEvidence, writeEvidence } from './evidence-state.js';
import { kolmogorovSmirnov } from './kolmogorov-smirnov.js';

export interface KswinOptions {
  /** Probability of a false alarm at one test. */
  readonly alpha?: number;
  /** Values kept (n), and of them those that count as recent (r ≤ n/2). */
  readonly window?: number;
  readonly recent?: number;
  /** Of the generator that draws the older values. */
  readonly seed?: number;
  /** `drift`, or `warning` for a detector whose word is a first sign. */
  readonly signal?: 'warning' | 'drift';
}

/**
 * KSWIN (Raab, Heusinger & Schleif, "Reactive Soft Prototype Computing for Concept Drift Streams", Neurocomputing
 * 2020): the last r of n values against r drawn from the older ones without replacement; drift where the two-sample
 * Kolmogorov-Smirnov distance is above √(−ln α / r). Then the recent values alone are kept. Sees any change of the
 * distribution, of the mean or not; tests at every value, so that alarms by chance come in numbers unless α is small.
 *
 * River 0.26.1 differs in three ways: it asks SciPy for the exact p-value and a distance above 0.1 besides; it draws
 * with CPython's generator; and after a drift it begins with an empty window and the generator's seed.
 */
export class Kswin implements DriftDetector {
  readonly name = 'KSWIN';
  readonly input = 'number';
  private readonly threshold: number;
  private readonly seed: number;
  private readonly signal: 'warning' | 'drift';
  /** Oldest first. */
  private readonly window: Float64Array;
  private held = 0;
  /** Tests so far: each draws with a generator of its own, seeded by its number. */
  private tests = 0;
  private readonly recent: Float64Array;
  private readonly drawn: Float64Array;
  private readonly order: Uint32Array;
  private lastEvidence: DriftEvidence | null = null;

  /** @throws RangeError when there are not as many older values as recent ones. */
  constructor(options: KswinOptions = {}) {
    const { alpha = 0.005, window = 100, recent = 30, seed = 1, signal = 'drift' } = options;
    if (recent < 1 || window < 2 * recent) throw new RangeError(`${recent} recent values of ${window}`);
    this.threshold = Math.sqrt(-Math.log(alpha) / recent);
    this.seed = seed;
    this.signal = signal;
    this.window = new Float64Array(window);
    this.recent = new Float64Array(recent);
    this.drawn = new Float64Array(recent);
    this.order = new Uint32Array(window - recent);
  }

  get evidence(): DriftEvidence | null {
    return this.lastEvidence;
  }

  update(value: number): DriftSignal {
    checkDriftValue(this, value);
    const { window, recent } = this;
    if (this.held === window.length) {
      window.copyWithin(0, 1);
      this.held--;
    }
    window[this.held++] = value;
    if (this.held < window.length) return 'none';
    const older = window.length - recent.length;
    recent.set(window.subarray(older));
    this.draw(older);
    const statistic = kolmogorovSmirnov(this.drawn, recent);
    if (!(statistic > this.threshold)) return 'none';
    const before = mean(window.subarray(0, older));
    const after = mean(window.subarray(older));
    this.lastEvidence = { statistic, threshold: this.threshold, before, after, since: recent.length };
    window.copyWithin(0, older);
    this.held = recent.length;
    return this.signal;
  }

  reset(): void {
    this.held = 0;
    this.tests = 0;
    this.lastEvidence = null;
  }

  write(state: StateWriter): void {
    state.f64Array(this.window.slice(0, this.held));
    state.f64(this.tests);
    writeEvidence(state, this.lastEvidence);
  }

  read(state: StateReader): void {
    const values = state.f64Array();
    if (values.length > this.window.length) throw new StateFormatError(`a window of ${values.length} values`);
    this.window.set(values);
    this.held = values.length;
    this.tests = state.f64();
    this.lastEvidence = readEvidence(state);
  }

  /** The first steps of a Fisher-Yates shuffle of the older values: as many as there are recent ones. */
  private draw(older: number): void {
    const { order, drawn, window } = this;
    const random = new Xoshiro128(this.seed + this.tests++);
    for (let i = 0; i < older; i++) order[i] = i;
    for (let i = 0; i < drawn.length; i++) {
      const j = i + Math.floor(random.nextUniform() * (older - i));
      const picked = order[j];
      order[j] = order[i];
      order[i] = picked;
      drawn[i] = window[picked];
    }
  }
}

function mean(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}
