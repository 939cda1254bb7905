import { StateFormatError, type StateReader, type StateWriter } from '@hark/streaming';
import type { Alarm } from './alarm.js';
import { NO_EVIDENCE, type DriftEvidence, type DriftSignal } from './drift-detector.js';
import { ErrorCusum, type ErrorCusumOptions } from './error-cusum.js';
import { Tally } from './tally.js';

const SIGNALS = ['none', 'warning', 'drift'] as const;

/** The error of one user or device. */
export class WatchedName {
  private readonly cusum: ErrorCusum;
  /** Since the CUSUM grew suspicious: the errors by what they are told apart by. */
  readonly suspects = new Tally();
  private lastSignal: DriftSignal = 'none';
  private beganHeld = 0;
  /** Number of the window of the last drift, and the usual rate before it. */
  private driftedAt = -1;
  private rateBefore = 0;

  constructor(options: ErrorCusumOptions) {
    this.cusum = new ErrorCusum(options);
  }

  /** Number of the window with which the change seems to have begun, while there is a suspicion of one. */
  get began(): number {
    return this.beganHeld;
  }

  get evidence(): DriftEvidence {
    return this.cusum.evidence ?? NO_EVIDENCE;
  }

  /** What an alarm says of the detector. */
  get alarm(): Pick<Alarm, 'signal' | 'detector' | 'evidence' | 'began'> {
    const { evidence, began } = this;
    return { signal: 'error', detector: this.cusum.name, evidence, began };
  }

  /** The usual error rate before a change that began with a window. */
  usualRate(began: number): number {
    return began <= this.driftedAt ? this.rateBefore : this.cusum.rate;
  }

  /**
   * @param part what errors are told apart by: the class of a device's windows, the device of a user's.
   * @returns `warning` when the warning zone is entered.
   */
  add(window: number, error: 0 | 1, part: string): DriftSignal {
    const { cusum, suspects } = this;
    const rate = cusum.rate;
    const suspiciousBefore = cusum.suspicious;
    const signal = cusum.update(error);
    if (cusum.suspicious || signal === 'drift') {
      if (!suspiciousBefore) {
        this.beganHeld = window;
        suspects.clear();
      }
      suspects.add(part, error);
    }
    if (signal === 'drift') {
      this.driftedAt = window;
      this.rateBefore = rate;
    }
    const entered = signal === 'drift' || this.lastSignal === 'none';
    this.lastSignal = signal;
    return entered ? signal : 'none';
  }

  write(state: StateWriter): void {
    this.cusum.write(state);
    this.suspects.write(state);
    state.u8(SIGNALS.indexOf(this.lastSignal)).f64(this.beganHeld).f64(this.driftedAt).f64(this.rateBefore);
  }

  read(state: StateReader): void {
    this.cusum.read(state);
    this.suspects.read(state);
    const signal = SIGNALS[state.u8()];
    if (signal === undefined) throw new StateFormatError('a name of no signal');
    this.lastSignal = signal;
    this.beganHeld = state.f64();
    this.driftedAt = state.f64();
    this.rateBefore = state.f64();
  }
}
