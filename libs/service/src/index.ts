export { Health } from './health.js';
export { ProblemError, ProblemFilter } from './problem.filter.js';
export { readRunFile, removeRunFile, runFilePath, writeRunFile, type RunFile } from './run-file.js';
export { failStart, serve, type ServeOptions, type ServiceContext } from './serve.js';
export {
  SettingsError,
  commonSettings,
  port,
  readSettings,
  requireLoopback,
  wholeNumber,
} from './settings.js';
