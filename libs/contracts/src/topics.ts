/**
 * The topics of the log. Each is written by one app: ingest writes `samples`, `windows` and `dead-letter`;
 * the learner `predictions`, `alerts` and `models`; the gateway `commands`.
 */
export const TOPICS = {
  /** Sample batches and ticks, in arrival order. Protobuf. */
  samples: 'samples',
  /** Windows with their feature vectors, early and final. Protobuf. */
  windows: 'windows',
  /** Rows that were refused, with the reason. JSON. */
  deadLetter: 'dead-letter',
  /** One record for each revision of each window's prediction. JSON. */
  predictions: 'predictions',
  /** Drift episodes. JSON (CloudEvents 1.0). */
  alerts: 'alerts',
  /** Versions made, rolled back to, promoted; learning switched. JSON. */
  models: 'models',
  /** What an operator asked of the learner. JSON. */
  commands: 'commands',
} as const;

export type Topic = (typeof TOPICS)[keyof typeof TOPICS];
