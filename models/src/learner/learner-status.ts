import type { ChallengerScore, ScoreSummary } from '@hark/contracts';

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
    /** Learned for less, with the label of a window next to them. */
    readonly inferred: number;
    /** Labelled with a class beyond the 32 that a classifier keeps. */
    readonly refused: number;
    /** Without a label, and near enough to get one. */
    readonly waiting: number;
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
  /** Users to whom the model is adapted: at hand, and put away as files. */
  readonly users: { readonly atHand: number; readonly away: number };
  /** The comparison under way with each challenger, the last that came to its end, and the version proposed. */
  readonly challengers: readonly {
    readonly running: ChallengerScore;
    readonly last: ChallengerScore | null;
    readonly proposed: number | null;
  }[];
  readonly drift: {
    readonly stage: 'none' | 'warning' | 'drift';
    readonly episodes: number;
    /** Mean error of the last 100 windows scored. */
    readonly recentError: number;
  };
}
