import type { EvaluationReport, McNemarReport } from '@hark/models';
import type { FusedReport } from './fused-evaluation.js';
import type { Mark } from './mark.js';

/** How one classifier did. */
export interface EvaluationResult {
  readonly classifier: string;
  /** Prequential; of leave-one-user-out, the models that go on learning. */
  readonly report: EvaluationReport;
  /** Of leave-one-user-out, the models that never learn of the user; null otherwise. */
  readonly cold: EvaluationReport | null;
  /** Of people who wear several devices, all of them together; null where nobody does. */
  readonly fused: FusedReport | null;
  /** The same of the models that never learn of the user. */
  readonly coldFused: FusedReport | null;
  /** Alerts and versions in the order they came. */
  readonly marks: readonly Mark[];
  readonly digest: string;
  /** Version that answered last; null where none are made. */
  readonly modelVersion: number | null;
  /** Predicting and learning a window, mean. */
  readonly microsecondsPerWindow: number;
  /** Against the first classifier on the same windows; null for the first itself. */
  readonly against: PairedReport | null;
  /** The same of the models that never learn of the user. */
  readonly coldAgainst: PairedReport | null;
}

/** A classifier (b) beside the first (a). */
export interface PairedReport extends McNemarReport {
  /** The test on windows that share no sample: fewer, and nearer to its assumption that they are independent. */
  readonly nonOverlapping: McNemarReport;
}
