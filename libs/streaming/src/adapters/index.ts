export { FileArtifactStore } from './artifacts/file-artifact-store.js';
export { copyLog, type CopyProgress } from './kafka/copy-log.js';
export { KafkaRefusalError } from './kafka/kafka-errors.js';
export { KafkaLog, type KafkaLogOptions } from './kafka/kafka-log.js';
export { MessageSource } from './kafka/message-source.js';
export type { KafkaOptions } from './kafka/kafka-options.js';
export { LmdbLog, type LmdbLogOptions } from './lmdb/lmdb-log.js';
export { LogDiskError, LogFormatError } from './lmdb/storage-errors.js';
