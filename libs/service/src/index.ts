export { abortableSleep } from './abortable-sleep.js';
export { openDataFolder, type DataFolder } from './data-folder.js';
export { Health } from './health.js';
export { loopbackRefusal } from './loopback-only.js';
export { ProblemError, ProblemFilter } from './problem.filter.js';
export { readRunFile, removeRunFile, runFilePath, writeRunFile, type RunFile } from './run-file.js';
export { RunnerHost, type RunnerStatus } from './runner-host.js';
export { failStart, serve, serveOptions } from './serve.js';
export type { ServiceContext } from './service-context.js';
export {
  SettingsError,
  commonSettings,
  port,
  readSettings,
  requireLoopback,
  wholeNumber,
} from './settings.js';
export { learningSettings } from './learning-settings.js';
export { windowOptions, windowSettings } from './window-settings.js';
