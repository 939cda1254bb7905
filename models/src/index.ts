export {
  FeatureError,
  TooManyClassesError,
  type Classifier,
  type ClassifierFactory,
  type ClassifierOptions,
  type FactoryOf,
} from './classifier.js';
export { InformationRidge, informationRidge } from './classifiers/information-ridge.js';
export {
  DifferentModelError,
  NotIncludedError,
  NotMergeableError,
  type Mergeable,
} from './classifiers/mergeable.js';
export {
  CLASSIFIER_NAMES,
  CLASSIFIER_SUMMARIES,
  DEFAULT_CLASSIFIER,
  UnknownClassifierError,
  classifierByName,
} from './classifiers/registry.js';
export { WATCHED_SIGNALS, type WatchedSignal } from './drift/alarm.js';
export { DRIFT_DETECTOR_NAMES } from './drift/registry.js';
export { FeatureSchemaError, type LearnerOptions } from './learner/learner-options.js';
export type { LearnerStatus } from './learner/learner-status.js';
export { Learner } from './learner/learner.js';
export { versionStateName } from './learner/version-shelf.js';
export { ModelMerger, type ModelMergerOptions, type ModelMergerStatus } from './merged/model-merger.js';
export {
  PartitionLearner,
  type PartitionLearnerOptions,
  type PartitionLearnerStatus,
} from './merged/partition-learner.js';
export { ConfusionMatrix, type ClassScore } from './scores/confusion-matrix.js';
export { Evaluation, type EvaluationReport, type EvaluationSegment } from './scores/evaluation.js';
export { ReplayResult, type RunningHash } from './scores/replay-result.js';
export { Calibration, type CalibrationReport, type ReliabilityBin } from './scores/calibration.js';
export { McNemar, type McNemarReport } from './scores/mcnemar.js';
export type { PartReport } from './scores/part-scores.js';
export type { ScoreSeriesReport } from './scores/score-series.js';
export { ClockOffset } from './sequence/clock-offset.js';
export { DeviceReliability } from './sequence/device-reliability.js';
export { mostProbableName, poolOpinions, type Opinion } from './sequence/opinion-pool.js';
export {
  readAnswer,
  readOpinion,
  readProbabilities,
  writeAnswer,
  writeProbabilities,
} from './sequence/opinion-state.js';
export {
  UserFusion,
  opinionOf,
  type DeviceAnswer,
  type DeviceOpinion,
  type FusedOpinions,
} from './sequence/user-fusion.js';
