export { abortableSleep } from './abortable-sleep.js';
export { AccessControl, type Asking } from './access/access-control.js';
export { accessMiddleware, principalOf } from './access/access.middleware.js';
export { Caller } from './access/caller.decorator.js';
export { OpenConnections, type Leave } from './access/open-connections.js';
export { OriginRule } from './access/origin-rule.js';
export { Principal, type Need } from './access/principal.js';
export { Refusal } from './access/refusal.js';
export { ROUTES, needOf, type RouteRule } from './access/routes.js';
export { Tokens } from './access/tokens.js';
export { UserScope } from './access/user-scope.js';
export { activitiesSetting } from './activities-setting.js';
export { SEQUENCED_TOPICS, openStorage, type Storage } from './open-storage.js';
export { kafkaOptions, kafkaSettings, type KafkaSettings } from './kafka-settings.js';
export { openDataFolder, type DataFolder } from './data-folder.js';
export {
  readErasureMarker,
  removeErasureMarker,
  writeErasureMarker,
  type ErasureMarker,
} from './erasure-marker.js';
export { Health } from './health.js';
export { AppIdentity } from './operations.controller.js';
export { requireKnownMethod } from './known-method.js';
export { HOLDER_HEADER } from './peers/holder-header.js';
export { addressSetting, ownAddress } from './peers/own-address.js';
export { FirstPartitionWork } from './partitions/first-partition-work.js';
export type { PartitionWork } from './partitions/held-partitions.js';
export { sharedRunnerStatus, type RunnerOfPartitions } from './partitions/partition-lag.js';
export { registerPartitionMetrics } from './partitions/partition-metrics.js';
export { SharedPartitions, type SharedWork } from './partitions/shared-partitions.js';
export { ProblemError, ProblemFilter } from './problem.filter.js';
export { readRunFile, removeRunFile, runFilePath, writeRunFile, type RunFile } from './run-file.js';
export { rootModule } from './root-module.js';
export { openRetention, type RunningRetention } from './retention/open-retention.js';
export { retentionLimits } from './retention/retention-settings.js';
export { RunnerHost, type RunnerStatus } from './runner-host.js';
export { failStart, serve, serveOptions } from './serve.js';
export type { ServiceContext } from './service-context.js';
export { SettingsError, commonSettings, port, readSettings, wholeNumber } from './settings.js';
export {
  learnerOptions,
  learnerSettings,
  recordedLearnerSettings,
  type LearnerNames,
  tensorFlowSetting,
} from './learner-settings.js';
export { learningOptions, learningSettings } from './learning-settings.js';
export { recordedWindowSettings, windowOptions, windowSettings } from './window-settings.js';
