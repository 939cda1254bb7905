export { FileArtifactStore } from './artifacts/file-artifact-store.js';
export { LmdbLog, type LmdbLogOptions } from './lmdb/lmdb-log.js';
export { LogDiskError, LogFormatError } from './lmdb/storage-errors.js';
