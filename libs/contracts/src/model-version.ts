import type { LabelledAnswers } from './label.js';

/** Prequential scores: every window is predicted before it is learned. */
export interface ScoreSummary {
  /** Labelled windows scored. */
  readonly windows: number;
  readonly accuracy: number;
  readonly kappa: number;
  readonly macroF1: number;
}

/** Why a version was made. */
export type VersionCause = 'start' | 'count' | 'time' | 'drift' | 'request' | 'challenger';

/** What stands beside a version's state; immutable. */
export interface VersionManifest {
  readonly version: number;
  readonly parent: number | null;
  /** `challenger`: a picture of a challenger; it answers only once it has been promoted. */
  readonly cause: VersionCause;
  readonly classifier: string;
  /** First record of `windows` that this version had not seen. */
  readonly logPosition: number;
  /** Windows learned by the version and its ancestors. */
  readonly windowsLearned: number;
  readonly classes: readonly string[];
  /** Scores of the lineage at the moment it was made. */
  readonly metrics: ScoreSummary;
  readonly featureSchema: string;
  /** SHA-256 of the stored state, hex. */
  readonly digest: string;
  /** Event time of the last window seen, ISO 8601, or null before the first. */
  readonly time: string | null;
}

/** A record of the topic `models`. `command`, `label` and `undo` are offsets of what asked for it. */
export type ModelEvent =
  | {
      readonly kind: 'created';
      readonly manifest: VersionManifest;
      readonly command?: number;
      /** Of several learners: of each partition, how many of the parts handed in to `model-merge` the version holds. */
      readonly merged?: readonly number[];
    }
  | {
      readonly kind: 'activated';
      /** Whether the version was rolled back to, or is a challenger's that was promoted. */
      readonly by: 'rollback' | 'promotion';
      readonly from: number;
      readonly to: number;
      readonly learning: boolean;
      readonly reason: string | null;
      readonly logPosition: number;
      /** Null where a setting promoted the challenger. */
      readonly command: number | null;
    }
  /** A version was removed, as more are kept than shall be. */
  | { readonly kind: 'removed'; readonly version: number }
  /** A label took effect. Windows of its range that are still to come get it when they are final. */
  | {
      readonly kind: 'labelled';
      readonly label: number;
      readonly user: string;
      readonly device: string | null;
      readonly activity: string;
      /** Windows labelled at once. */
      readonly windows: number;
      readonly before: LabelledAnswers;
      readonly after: LabelledAnswers;
    }
  /** A label was taken back. */
  | {
      readonly kind: 'unlabelled';
      readonly label: number;
      /** The record of `labels` that took it back. */
      readonly undo: number;
      /** Windows that have no label any more. */
      readonly windows: number;
    }
  | {
      readonly kind: 'learning';
      readonly enabled: boolean;
      readonly logPosition: number;
      readonly command: number;
    }
  /** A command or a label was refused; nothing has changed. */
  | {
      readonly kind: 'refused';
      readonly code: string;
      readonly message: string;
      readonly command?: number;
      readonly label?: number;
    };
