import type { LabelOptions } from './label-schedule.js';

/** What was read and how fast it went, and what was asked for. */
export interface RunFigures {
  readonly protocol: 'prequential' | 'leave-one-user-out';
  readonly labels: LabelOptions;
  readonly rows: number;
  readonly rejected: number;
  /** Of the whole command: reading, features, all classifiers. */
  readonly seconds: number;
  readonly rowsPerSecond: number;
  readonly windowsPerSecond: number;
}
