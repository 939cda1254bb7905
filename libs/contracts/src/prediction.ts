import type { DeviceId } from './identity.js';

/** `ok` = an answer; `unknown`, `cold` = no answer, see `reason`; `stale` = the device has been silent since. */
export type PredictionState = 'ok' | 'unknown' | 'stale' | 'cold';

export type PredictionReason = 'low_confidence' | 'no_data' | 'out_of_distribution' | 'model_cold';

/**
 * A prediction as the learner stores it in the topic `predictions`: a function of the log alone, so it holds no
 * wall clock. The gateway adds what depends on delivery, see {@link LivePrediction}.
 */
export interface Prediction extends DeviceId {
  readonly kind: 'prediction';
  /** The window's id; the same for every revision of it. */
  readonly id: string;
  readonly model: string;
  readonly window: { readonly start: string; readonly end: string; readonly startNs: string };
  /** The most probable activity, or `unknown`. */
  readonly activity: string;
  /** Probability of `activity`, 0 to 1; 0 when unknown without a guess. */
  readonly confidence: number;
  readonly probabilities: Readonly<Record<string, number>>;
  readonly modelVersion: number;
  readonly state: PredictionState;
  readonly reason: PredictionReason | null;
  readonly revision: number;
  readonly final: boolean;
  readonly label: string | null;
  readonly samples: {
    readonly accelerometer: number;
    readonly gyroscope: number;
    readonly late: number;
    readonly duplicates: number;
  };
  /** When the samples that made this revision came in, milliseconds since 1970. */
  readonly receivedMs: number;
}

/** A prediction as a subscriber sees it. */
export interface LivePrediction extends Prediction {
  /** From the samples' coming in to the prediction's standing in the log, milliseconds. */
  readonly latencyMs: number;
  readonly source: 'live' | `replay:${string}`;
}
