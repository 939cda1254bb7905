import type { StateReader, StateWriter } from '@hark/streaming';

export type DriftSignal = 'none' | 'warning' | 'drift';

/** What a detector is made for: any finite number, a number from 0 to 1, or 0 and 1 alone. */
export type DriftInput = 'number' | 'proportion' | 'bit';

/** What a detector saw when it last spoke. */
export interface DriftEvidence {
  /** What was compared with the threshold. */
  readonly statistic: number;
  readonly threshold: number;
  /** Mean of the values before and after the change. */
  readonly before: number;
  readonly after: number;
  /** Values since the change. */
  readonly since: number;
}

/** Of a detector that has not spoken. */
export const NO_EVIDENCE: DriftEvidence = { statistic: 0, threshold: 0, before: 0, after: 0, since: 0 };

/**
 * Watches one stream of numbers for a change. A pure function of the values, in order, and of the options; in bounded
 * memory. After a drift it begins anew at the next value, as if nothing had been before, unless its class says
 * otherwise.
 */
export interface DriftDetector {
  readonly name: string;
  readonly input: DriftInput;
  /**
   * `warning` at every value that stands in the warning zone, `drift` at the value at which a change is found.
   *
   * @throws DriftValueError when `value` is not of {@link input}; the state is as before.
   */
  update(value: number): DriftSignal;
  /** Of the last signal other than `none`; null before the first. */
  readonly evidence: DriftEvidence | null;
  /** Back to what the constructor made. */
  reset(): void;
  write(state: StateWriter): void;
  /** @throws StateFormatError */
  read(state: StateReader): void;
}
