import type { DriftStage } from '@hark/contracts';
import { StateFormatError, type StateReader, type StateWriter } from '@hark/streaming';
import type { DriftEvidence, DriftSignal } from './drift-detector.js';

/** Windows over which the error must have come back, counted from the last alarm. */
const RECOVERY_SPAN = 100;
/** An alarm this long after the last one of an episode that never recovered is a drift of its own. */
const SETTLED_AFTER = 1000;
/** How much above its level before an error still counts as recovered: at least this, or a quarter of the rise. */
const TOLERANCE = 0.02;

const STAGES = ['none', 'warning', 'drift'] as const;

/**
 * The course of one drift, from the first sign to the recovery: warning → drift → recovered, each told once and in
 * that order: a drift that comes at once tells its warning with it. A warning may pass without a drift.
 */
export class Episode {
  private stageHeld: (typeof STAGES)[number] = 'none';
  private numberHeld = 0;
  private since = 0;
  private beforeHeld = 0;
  private afterHeld = 0;

  get stage(): (typeof STAGES)[number] {
    return this.stageHeld;
  }

  /** Episodes so far, the open one included; its number while it is open. */
  get number(): number {
    return this.numberHeld;
  }

  /** Mean error before the change and after it, as the last alarm saw them. */
  get before(): number {
    return this.beforeHeld;
  }

  get after(): number {
    return this.afterHeld;
  }

  /**
   * Call once for each window scored.
   * @param signal what the detectors say of it, with the evidence when that is not `none`.
   * @param recentError mean error of the last {@link RECOVERY_SPAN} windows.
   * @returns the stages reached with this window, in order; most often none.
   */
  step(signal: DriftSignal, evidence: DriftEvidence | null, recentError: number): readonly DriftStage[] {
    this.since++;
    if (signal === 'none' || evidence === null) {
      if (!this.recovers(recentError)) return [];
      this.stageHeld = 'none';
      return ['recovered'];
    }
    const outlasted = signal === 'drift' && this.since > SETTLED_AFTER;
    if (this.stageHeld === 'none' || outlasted) {
      this.numberHeld++;
      this.reach(signal, evidence, evidence.before);
      return signal === 'drift' ? ['warning', 'drift'] : ['warning'];
    }
    if (this.stageHeld === 'drift' || signal === 'warning') return [];
    // What was before the warning was before the drift too: the second detector may have seen less of it.
    this.reach('drift', evidence, this.beforeHeld);
    return ['drift'];
  }

  write(state: StateWriter): void {
    state.u8(STAGES.indexOf(this.stageHeld)).f64(this.numberHeld).f64(this.since);
    state.f64(this.beforeHeld).f64(this.afterHeld);
  }

  read(state: StateReader): void {
    const stage = STAGES[state.u8()];
    if (stage === undefined) throw new StateFormatError('an episode of no stage');
    this.stageHeld = stage;
    this.numberHeld = state.f64();
    this.since = state.f64();
    this.beforeHeld = state.f64();
    this.afterHeld = state.f64();
  }

  private recovers(recentError: number): boolean {
    if (this.stageHeld === 'none' || this.since < RECOVERY_SPAN) return false;
    const tolerance = Math.max(TOLERANCE, (this.afterHeld - this.beforeHeld) / 4);
    return recentError <= this.beforeHeld + tolerance;
  }

  private reach(stage: 'warning' | 'drift', evidence: DriftEvidence, before: number): void {
    this.stageHeld = stage;
    this.since = 0;
    this.beforeHeld = before;
    this.afterHeld = evidence.after;
  }
}
