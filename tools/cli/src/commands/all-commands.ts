import type { Command } from 'commander';
import type { Terminal } from '../terminal/terminal.js';

/** Adds a command to the program. */
export type AddCommand = (program: Command, terminal: Terminal) => void;

/**
 * Every command, in the order of the help. Each is loaded when it is asked for: what all of them need together takes
 * longer to load than most of them take to run.
 */
export const ALL_COMMANDS: Readonly<Record<string, () => Promise<AddCommand>>> = {
  demo: async () => (await import('./demo.command.js')).demoCommand,
  start: async () => (await import('./start.command.js')).startCommand,
  simulate: async () => (await import('./simulate.command.js')).simulateCommand,
  import: async () => (await import('./import.command.js')).importCommand,
  migrate: async () => (await import('./migrate.command.js')).migrateCommand,
  evaluate: async () => (await import('./evaluate.command.js')).evaluateCommand,
  replay: async () => (await import('./replay.command.js')).replayCommand,
  models: async () => (await import('./models.command.js')).modelsCommand,
  labels: async () => (await import('./labels.command.js')).labelsCommand,
  alerts: async () => (await import('./alerts.command.js')).alertsCommand,
  sessions: async () => (await import('./sessions.command.js')).sessionsCommand,
  reports: async () => (await import('./reports.command.js')).reportsCommand,
  export: async () => (await import('./export.command.js')).exportCommand,
  status: async () => (await import('./status.command.js')).statusCommand,
  tokens: async () => (await import('./tokens.command.js')).tokensCommand,
  users: async () => (await import('./users.command.js')).usersCommand,
  verify: async () => (await import('./verify.command.js')).verifyCommand,
  doctor: async () => (await import('./doctor.command.js')).doctorCommand,
};

/** The command that comes first on the command line, or all of them where it is none or cannot be told. */
export function commandsFor([first = '']: readonly string[]): Promise<readonly AddCommand[]> {
  const load = Object.hasOwn(ALL_COMMANDS, first) ? [ALL_COMMANDS[first]] : Object.values(ALL_COMMANDS);
  return Promise.all(load.map((each) => each()));
}
