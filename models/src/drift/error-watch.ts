import type { DriftStage } from '@hark/contracts';
import type { StateReader, StateWriter } from '@hark/streaming';
import { Adwin } from './adwin.js';
import type { DriftEvidence } from './drift-detector.js';
import { Episode } from './episode.js';
import { ErrorScope, type Scope } from './error-scope.js';

/** Windows over which the recent error is taken. */
const RECENT_SPAN = 100;

const NOTHING: readonly never[] = [];

/** A stage of an episode, reached with the window just added. */
export interface DriftReport {
  readonly episode: number;
  readonly stage: DriftStage;
  readonly detector: string;
  readonly statistic: number;
  readonly threshold: number;
  readonly before: number;
  readonly after: number;
  readonly scope: Scope;
}

/**
 * Watches the error of labelled windows for a rise: a sensitive ADWIN warns, a stricter one (River's default
 * confidence) calls it drift. Errors come in runs, because windows overlap, and a run looks a little like a rise: with
 * a delta of 0.01 instead of 0.002 such streams raise false alarms nearly twice as often.
 */
export class ErrorWatch {
  private readonly warning = new Adwin({ delta: 0.05, clock: 8, direction: 'rise', signal: 'warning' });
  private readonly drift = new Adwin({ delta: 0.002, clock: 8, direction: 'rise' });
  private readonly episode = new Episode();
  private readonly scope = new ErrorScope();
  private lastEvidence: Pick<DriftEvidence, 'statistic' | 'threshold'> = { statistic: 0, threshold: 0 };
  private lastScope: Scope = { users: [], devices: [], classes: [] };

  get stage(): Episode['stage'] {
    return this.episode.stage;
  }

  get episodes(): number {
    return this.episode.number;
  }

  /** Mean error of the last 100 windows. */
  get recentError(): number {
    return this.scope.recentError(RECENT_SPAN);
  }

  /** @returns the stages reached with this window, in order; most often none. */
  add(user: string, device: string, klass: string, error: boolean): readonly DriftReport[] {
    this.scope.add(user, device, klass, error);
    const warned = this.warning.update(error ? 1 : 0);
    const drifted = this.drift.update(error ? 1 : 0);
    const signal = drifted !== 'none' ? drifted : warned;
    const evidence =
      drifted !== 'none' ? this.drift.evidence : warned !== 'none' ? this.warning.evidence : null;
    // Asking for the recent error at every window would cost more than the detectors do.
    if (this.episode.stage === 'none' && evidence === null) return NOTHING;
    const recentError = this.recentError;
    return this.episode
      .step(signal, evidence, recentError)
      .map((stage) => this.report(stage, evidence, recentError));
  }

  write(state: StateWriter): void {
    this.warning.write(state);
    this.drift.write(state);
    this.episode.write(state);
    this.scope.write(state);
    state.f64(this.lastEvidence.statistic).f64(this.lastEvidence.threshold);
    for (const names of [this.lastScope.users, this.lastScope.devices, this.lastScope.classes]) {
      state.u32(names.length);
      for (const name of names) state.string(name);
    }
  }

  read(state: StateReader): void {
    this.warning.read(state);
    this.drift.read(state);
    this.episode.read(state);
    this.scope.read(state);
    this.lastEvidence = { statistic: state.f64(), threshold: state.f64() };
    const names = () => {
      const list: string[] = [];
      for (let left = state.u32(); left > 0; left--) list.push(state.string());
      return list;
    };
    this.lastScope = { users: names(), devices: names(), classes: names() };
  }

  /** A recovery tells the evidence of the alarm that it ends. */
  private report(stage: DriftStage, evidence: DriftEvidence | null, recentError: number): DriftReport {
    const { number: episode, before } = this.episode;
    const after = stage === 'recovered' ? recentError : this.episode.after;
    if (evidence !== null) {
      this.lastEvidence = evidence;
      this.lastScope = this.scope.risen(evidence.since, before, after);
    }
    const { statistic, threshold } = this.lastEvidence;
    const detector = this.drift.name;
    return { episode, stage, detector, statistic, threshold, before, after, scope: this.lastScope };
  }
}
