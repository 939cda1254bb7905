/** Prequential scores: every window is predicted before it is learned. */
export interface ScoreSummary {
  /** Labelled windows scored. */
  readonly windows: number;
  readonly accuracy: number;
  readonly kappa: number;
  readonly macroF1: number;
}

/** Why a version was made. */
export type VersionCause = 'start' | 'count' | 'drift' | 'request';

/** What stands beside a version's state; immutable. */
export interface VersionManifest {
  readonly version: number;
  readonly parent: number | null;
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

/** A record of the topic `models`. `command` is the offset of the command that asked for it. */
export type ModelEvent =
  | { readonly kind: 'created'; readonly manifest: VersionManifest; readonly command?: number }
  | {
      readonly kind: 'activated';
      readonly from: number;
      readonly to: number;
      readonly learning: boolean;
      readonly reason: string | null;
      readonly logPosition: number;
      readonly command: number;
    }
  | {
      readonly kind: 'learning';
      readonly enabled: boolean;
      readonly logPosition: number;
      readonly command: number;
    }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string; readonly command: number };
