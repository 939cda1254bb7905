/** The environment does not make a valid configuration; the message has one line for each variable. */
export class SettingsError extends Error {
  readonly code = 'invalid_settings';
}
