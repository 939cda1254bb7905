import type { ScoreSummary } from '@hark/contracts';

/** Where a learner stands; for people and monitoring, not part of its state. */
export interface LearnerStatus {
  /** The version that answers; 0 before the first record. */
  readonly version: number;
  readonly learning: boolean;
  readonly classifier: string;
  readonly featureSchema: string;
  readonly classes: readonly string[];
  readonly windows: {
    /** Emissions read, early and final. */
    readonly seen: number;
    /** Final ones: one for each window. */
    readonly final: number;
    /** Final and labelled. */
    readonly labelled: number;
    readonly learned: number;
    /** Labelled with a class beyond the 32 that a classifier keeps. */
    readonly refused: number;
  };
  readonly scores: {
    /** Since the service began, whatever version answered. */
    readonly overall: ScoreSummary;
    /** The last 500 windows. */
    readonly recent: ScoreSummary;
    /** Windows that do not overlap. */
    readonly nonOverlapping: ScoreSummary;
    /** Since the version that answers was made or activated. */
    readonly sinceVersion: ScoreSummary;
    readonly kappaTemporal: number;
  };
  readonly drift: {
    readonly stage: 'none' | 'warning' | 'drift';
    readonly episodes: number;
    /** Mean error of the last 100 windows scored. */
    readonly recentError: number;
  };
}
