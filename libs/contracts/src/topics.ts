/**
 * The topics of the log. Each is written by one app: ingest writes `samples`, `windows`, `dead-letter`, `reports`,
 * `report-sources` and `ingest-settings`; the learner `predictions`, `alerts`, `models`, `model-merge` and `learner-settings`; the gateway
 * the others.
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
  /** What the learner has to announce: drift episodes, better challengers. JSON (CloudEvents 1.0). */
  alerts: 'alerts',
  /** Versions made, rolled back to, promoted; learning switched. JSON. */
  models: 'models',
  /** Of several learners: what each has learned of its partition, for the model of all. Protobuf. */
  modelMerge: 'model-merge',
  /** What an operator asked of the learner. JSON. */
  commands: 'commands',
  /** Truth that came after the samples. JSON. */
  labels: 'labels',
  /** Replays begun, how far each has come, and how it ended. JSON. */
  replays: 'replays',
  /** Every alert there is, those of the learner among them, in one sequence. JSON (CloudEvents 1.0). */
  announcements: 'announcements',
  /** Alert rules made and taken away. JSON. */
  rules: 'rules',
  /** What the gateway saw on the wall clock: devices silent and heard again, apps behind. JSON. */
  observations: 'observations',
  /** How far each receiver of webhooks has come. JSON. */
  deliveries: 'deliveries',
  /** What the reports say: what became of each, and the rows and the progress of its micro-batches. JSON. */
  reports: 'reports',
  /** What reports have read from outside the log, so that they read it here: rows made up, of files, of Kafka. JSON. */
  reportSources: 'report-sources',
  /** What an operator asked of the reports. JSON. */
  reportCommands: 'report-commands',
  /** With which settings ingest's runners have taken their steps. JSON. */
  ingestSettings: 'ingest-settings',
  /** With which settings the learner has taken its steps. JSON. */
  learnerSettings: 'learner-settings',
} as const;

export type Topic = (typeof TOPICS)[keyof typeof TOPICS];
