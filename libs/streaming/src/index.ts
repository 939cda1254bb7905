export { decodeJsonState, encodeJsonState } from './encoding/json-state.js';
export { StateReader } from './encoding/state-reader.js';
export { StateWriter } from './encoding/state-writer.js';
export { LogView } from './log/log-view.js';
export * from './log/log.js';
export { MemoryLog } from './log/memory-log.js';
export { partitionOf } from './log/partition-of.js';
export { followKept } from './log/follow-kept.js';
export { readKept } from './log/read-kept.js';
export { sequenceTopic } from './log/sequenced/sequence-record.js';
export { SequencedLog } from './log/sequenced/sequenced-log.js';
export { Sequencer } from './log/sequenced/sequencer.js';
export { DerivedWriter } from './log/shared/derived-writer.js';
export { TurnWriter } from './log/shared/turn-writer.js';
export { HARK_TOPIC_OWNERS, NotOwnerError, type TopicOwners } from './log/topic-owners.js';
export * from './parse/index.js';
export * from './phones/index.js';
export { ArtifactConflictError, ArtifactNameError } from './runner/artifact-name.js';
export { MemoryArtifactStore } from './runner/memory-artifact-store.js';
export {
  StateFormatError,
  StateVersionError,
  type ArtifactStore,
  type Outputs,
  type Processor,
} from './runner/processor.js';
export { Pipeline, type PipelineOptions, type PipelineStage } from './runner/run-offline.js';
export {
  Runner,
  type RunnerOptions,
  type Recovery,
  type RunnerProgress,
  type StepReport,
} from './runner/runner.js';
export {
  SettingsChangedError,
  readSettingsHistory,
  type RunnerSettings,
  type Settings,
  type SettingsRecord,
} from './runner/settings-history.js';
export { countSteps, executeAgain, type ReExecutionOptions } from './runner/re-execution.js';
export type { RepeatedDifference } from './runner/repeated-records.js';
export { LostInputError, ProcessorError } from './runner/step.js';
export { DEFAULT_WINDOW_OPTIONS, checkWindowOptions, type WindowOptions } from './windows/window-options.js';
export { Windower, type DeviceStatus, type WindowFeatures } from './windows/windower.js';
