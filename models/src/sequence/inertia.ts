import { MAX_ACTIVITIES } from '@hark/contracts';
import { StateFormatError, type StateReader, type StateWriter } from '@hark/streaming';

const INITIAL = 0.5;
/** Bounds of the log odds of staying: 0.02 and 0.9. */
const LEAST = -4;
const MOST = 2.2;
/** Step of the descent. */
const RATE = 0.3;
/** Windows that what was learned elsewhere is weighed against. */
const MEMORY = 100;

/**
 * How likely an activity is to go on for half a window more. It follows, label by label, the gradient of the log loss
 * of the answers that were given with it, in its log odds.
 *
 * How long people stay with an activity is only half of what it is worth: a classifier that is corrected by a label
 * after each window is led astray by what it believed before it was, one that is never corrected is helped most.
 */
export class Inertia {
  private logOdds = Math.log(INITIAL / (1 - INITIAL));
  private stayHeld = INITIAL;
  /** Of the answer last noted: what was believed before it, its prior and itself, and how it came about. */
  private readonly before = new Float64Array(MAX_ACTIVITIES);
  private readonly prior = new Float64Array(MAX_ACTIVITIES);
  private readonly posterior = new Float64Array(MAX_ACTIVITIES);
  private classes = 0;
  private slope = 0;

  /** Probability of going on for half a window. */
  get stay(): number {
    return this.stayHeld;
  }

  /** Probability of going on for so many half windows. */
  over(steps: number): number {
    return steps === 1 ? this.stayHeld : Math.exp(Math.log(this.stayHeld) * steps);
  }

  /**
   * Notes how an answer came about: `prior = kept · before + (1 − kept) / classes`, `posterior` what the evidence made
   * of it.
   * @param before null when the answer went on from nothing: there is nothing to learn from it.
   */
  note(
    before: Float64Array | null,
    prior: Float64Array,
    posterior: Float64Array,
    kept: number,
    steps: number,
  ): void {
    this.noteNothing();
    if (before === null) return;
    this.classes = posterior.length;
    this.slope = kept * steps * (1 - this.stayHeld);
    for (let c = 0; c < this.classes; c++) {
      this.before[c] = c < before.length ? before[c] : 0;
      this.prior[c] = prior[c];
      this.posterior[c] = posterior[c];
    }
  }

  noteNothing(): void {
    this.classes = 0;
  }

  /** One descent step on −ln posterior[target] of the answer noted; at most one for each answer. */
  learn(target: number): void {
    const { classes, before, prior, posterior } = this;
    if (target >= classes) return;
    // d ln(prior_c · evidence_c) / d kept = (before_c − 1 / classes) / prior_c, and that of the sum over all classes.
    let expected = 0;
    for (let c = 0; c < classes; c++) expected += (posterior[c] * (before[c] - 1 / classes)) / prior[c];
    const gradient = (expected - (before[target] - 1 / classes) / prior[target]) * this.slope;
    const bounded = Math.max(-1, Math.min(1, gradient));
    this.set(Math.max(LEAST, Math.min(MOST, this.logOdds - RATE * bounded)));
    this.noteNothing();
  }

  /** Moves towards what somebody else has come to who learned so many windows. */
  add(other: Inertia, windows: number): void {
    const share = windows / (windows + MEMORY);
    this.set(this.logOdds + share * (other.logOdds - this.logOdds));
    this.noteNothing();
  }

  write(state: StateWriter): void {
    state.f64(this.logOdds);
  }

  /** @throws StateFormatError */
  read(state: StateReader): void {
    const logOdds = state.f64();
    if (!(logOdds >= LEAST && logOdds <= MOST)) throw new StateFormatError(`inertia of log odds ${logOdds}`);
    this.set(logOdds);
    this.noteNothing();
  }

  private set(logOdds: number): void {
    this.logOdds = logOdds;
    this.stayHeld = 1 / (1 + Math.exp(-logOdds));
  }
}
