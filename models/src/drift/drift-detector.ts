import type { StateReader, StateWriter } from '@hark/streaming';

export type DriftSignal = 'none' | 'warning' | 'drift';

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

/** Watches one stream of numbers for a change of its mean. A pure function of the values, in order. */
export interface DriftDetector {
  readonly name: string;
  /** @param value finite. */
  update(value: number): DriftSignal;
  /** Of the last signal other than `none`; null before the first. */
  readonly evidence: DriftEvidence | null;
  write(state: StateWriter): void;
  /** @throws StateFormatError */
  read(state: StateReader): void;
}
