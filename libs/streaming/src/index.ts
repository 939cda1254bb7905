export { StateReader } from './encoding/state-reader.js';
export { StateWriter } from './encoding/state-writer.js';
export * from './log/log.js';
export { MemoryLog } from './log/memory-log.js';
export { StateFormatError, type ArtifactStore, type Outputs, type Processor } from './runner/processor.js';
export { DEFAULT_WINDOW_OPTIONS, checkWindowOptions, type WindowOptions } from './windows/window-options.js';
export { Windower, type DeviceStatus, type WindowFeatures } from './windows/windower.js';
