import type { StateReader, StateWriter } from '@hark/streaming';
import type { DriftDetector, DriftEvidence, DriftSignal } from './drift-detector.js';
import { checkDriftValue } from './drift-value.js';
import { readEvidence, writeEvidence } from './evidence-state.js';
import { QuietErrors } from './quiet-errors.js';

/** The rise of the error rate that is looked for. */
const RISE = 0.15;
/** The usual rate is held within these bounds, and so many windows of twice the common rate and more are added. */
const LEAST_RATE = 0.025;
const MOST_RATE = 0.6;
const PRIOR_WINDOWS = 30;
const NEWCOMER_EXCESS = 0.05;
/** The past is halved beyond so many windows. */
const MOST_WINDOWS = 1000;

export interface ErrorCusumOptions {
  /** Shared by the CUSUMs over many streams of a kind, whose owner writes and reads it; otherwise its own. */
  readonly quiet?: QuietErrors;
  /** Heights of the sum, in natural log-likelihood units, at which it warns and at which it calls drift. */
  readonly warningLevel?: number;
  readonly driftLevel?: number;
}

/**
 * The CUSUM chart for a proportion of autocorrelated bits (Page 1954; Reynolds & Stoumbos 1999; Mousavi & Reynolds,
 * Journal of Quality Technology 2009): errors as a two-state Markov chain, the log-likelihood of a rate higher by 0.15
 * against the usual one summed, and never below 0. Since a run of errors counts for less than as many errors apart, it
 * is not fooled by windows that overlap; with the chain known, alarms by chance are e^threshold windows apart or more
 * (Lorden 1971), and no test with that property is quicker (Moustakides 1986).
 *
 * The chain is learned: the rate from the windows before the sum last left 0, which is where a change is most likely
 * to have begun; persistence and scale by {@link QuietErrors}. After a drift the new rate is the usual one.
 */
export class ErrorCusum implements DriftDetector {
  readonly name = 'CUSUM';
  readonly input = 'bit';
  private readonly quiet: QuietErrors;
  private readonly warningLevel: number;
  private readonly driftLevel: number;
  private readonly ownsQuiet: boolean;
  private windows = 0;
  private errors = 0;
  /** Since the sum left 0: windows, errors, windows after an error, errors among those. */
  private pendingWindows = 0;
  private pendingErrors = 0;
  private pendingAfterError = 0;
  private pendingRuns = 0;
  private previous = 0;
  private sum = 0;
  private peak = 0;
  /** What the sum is made with since it left 0; `gains[2 · previous + value]` follow. */
  private aimedRate = LEAST_RATE;
  private aimedPersistence = 0;
  private readonly gains = new Float64Array(4);
  private lastEvidence: DriftEvidence | null = null;

  constructor(options: ErrorCusumOptions = {}) {
    this.ownsQuiet = options.quiet === undefined;
    this.quiet = options.quiet ?? new QuietErrors();
    this.warningLevel = options.warningLevel ?? 9;
    this.driftLevel = options.driftLevel ?? 10;
  }

  get evidence(): DriftEvidence | null {
    return this.lastEvidence;
  }

  /** The usual error rate. */
  get rate(): number {
    const newcomers = 2 * this.quiet.rate + NEWCOMER_EXCESS;
    const rate = (this.errors + PRIOR_WINDOWS * newcomers) / (this.windows + PRIOR_WINDOWS);
    return Math.min(MOST_RATE, Math.max(LEAST_RATE, rate));
  }

  /** Whether the sum is above 0: a change may have begun where it left 0. */
  get suspicious(): boolean {
    return this.sum > 0;
  }

  update(value: number): DriftSignal {
    checkDriftValue(this, value);
    const { previous } = this;
    if (this.sum === 0 && value === 1) this.aim();
    this.previous = value;
    this.pendingWindows++;
    this.pendingErrors += value;
    this.pendingAfterError += previous;
    this.pendingRuns += previous * value;
    this.sum += this.gains[2 * previous + value];
    if (!(this.sum > 0)) {
      if (this.peak > 0) this.quiet.addPeak(this.peak);
      this.settle();
      return 'none';
    }
    this.peak = Math.max(this.peak, this.sum);
    const statistic = this.sum * this.quiet.scale;
    if (statistic > this.driftLevel) {
      this.found(statistic, this.driftLevel);
      this.quiet.addPeak(this.peak);
      this.windows = PRIOR_WINDOWS;
      this.errors = (PRIOR_WINDOWS * this.pendingErrors) / this.pendingWindows;
      this.clearPending();
      return 'drift';
    }
    if (!(statistic > this.warningLevel)) return 'none';
    this.found(statistic, this.warningLevel);
    return 'warning';
  }

  reset(): void {
    if (this.ownsQuiet) this.quiet.clear();
    this.windows = 0;
    this.errors = 0;
    this.clearPending();
    this.previous = 0;
    this.aimedRate = LEAST_RATE;
    this.aimedPersistence = 0;
    this.gains.fill(0);
    this.lastEvidence = null;
  }

  write(state: StateWriter): void {
    state.f64(this.windows).f64(this.errors);
    state.f64(this.pendingWindows).f64(this.pendingErrors).f64(this.pendingAfterError).f64(this.pendingRuns);
    state.u8(this.previous).f64(this.sum).f64(this.peak).f64(this.aimedRate).f64(this.aimedPersistence);
    writeEvidence(state, this.lastEvidence);
    if (this.ownsQuiet) this.quiet.write(state);
  }

  read(state: StateReader): void {
    this.windows = state.f64();
    this.errors = state.f64();
    this.pendingWindows = state.f64();
    this.pendingErrors = state.f64();
    this.pendingAfterError = state.f64();
    this.pendingRuns = state.f64();
    this.previous = state.bool() ? 1 : 0;
    this.sum = state.f64();
    this.peak = state.f64();
    this.aimedRate = state.f64();
    this.aimedPersistence = state.f64();
    this.lastEvidence = readEvidence(state);
    if (this.ownsQuiet) this.quiet.read(state);
    this.setGains();
  }

  /** The log-likelihood ratios, for what is known as the sum leaves 0. */
  private aim(): void {
    this.aimedRate = this.rate;
    this.aimedPersistence = this.quiet.persistence;
    this.setGains();
  }

  private setGains(): void {
    const { gains, aimedRate: usual, aimedPersistence: persistence } = this;
    const risen = usual + RISE;
    const fresh = 1 - persistence;
    gains[0] = Math.log((1 - risen * fresh) / (1 - usual * fresh));
    gains[1] = Math.log(risen / usual);
    gains[2] = Math.log((1 - risen) / (1 - usual));
    gains[3] = Math.log((persistence + fresh * risen) / (persistence + fresh * usual));
  }

  private found(statistic: number, threshold: number): void {
    const { pendingWindows: since, aimedRate: before } = this;
    this.lastEvidence = { statistic, threshold, before, after: this.pendingErrors / since, since };
  }

  /** What was pending was quiet after all. */
  private settle(): void {
    this.windows += this.pendingWindows;
    this.errors += this.pendingErrors;
    if (this.windows > MOST_WINDOWS) {
      this.windows /= 2;
      this.errors /= 2;
    }
    this.quiet.add(this.pendingWindows, this.pendingErrors, this.pendingAfterError, this.pendingRuns);
    this.clearPending();
  }

  private clearPending(): void {
    this.pendingWindows = 0;
    this.pendingErrors = 0;
    this.pendingAfterError = 0;
    this.pendingRuns = 0;
    this.sum = 0;
    this.peak = 0;
  }
}
