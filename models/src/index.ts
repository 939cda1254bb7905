export { FeatureError, TooManyClassesError, type Classifier, type ClassifierFactory } from './classifier.js';
export {
  CLASSIFIER_NAMES,
  DEFAULT_CLASSIFIER,
  UnknownClassifierError,
  classifierByName,
} from './classifiers/registry.js';
export { FeatureSchemaError, type LearnerOptions } from './learner/learner-options.js';
export type { LearnerStatus } from './learner/learner-status.js';
export { Learner } from './learner/learner.js';
export { versionManifestName, versionStateName } from './learner/version-shelf.js';
export { ConfusionMatrix, type ClassScore } from './scores/confusion-matrix.js';
export { Evaluation, type EvaluationReport, type EvaluationSegment } from './scores/evaluation.js';
export { ReplayResult, type RunningHash } from './scores/replay-result.js';
