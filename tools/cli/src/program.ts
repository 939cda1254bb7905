import { Command, CommanderError } from 'commander';
import { HeaderColumnsError, MissingHeaderError } from '@hark/streaming';
import { UnknownClassifierError } from '@hark/models';
import { SimulationOptionError } from '@hark/simulator';
import { alertsCommand } from './commands/alerts.command.js';
import { demoCommand } from './commands/demo.command.js';
import { doctorCommand } from './commands/doctor.command.js';
import { labelsCommand } from './commands/labels.command.js';
import { modelsCommand } from './commands/models.command.js';
import { replayCommand } from './commands/replay.command.js';
import { exportCommand } from './commands/export.command.js';
import { reportsCommand } from './commands/reports.command.js';
import { sessionsCommand } from './commands/sessions.command.js';
import { statusCommand } from './commands/status.command.js';
import { evaluateCommand } from './commands/evaluate.command.js';
import { importCommand } from './commands/import.command.js';
import { simulateCommand } from './commands/simulate.command.js';
import { tokensCommand } from './commands/tokens.command.js';
import { verifyCommand } from './commands/verify.command.js';
import { startCommand } from './commands/start.command.js';
import { RecordingFileError } from './recording/recording-file.js';
import { UsageError, WorkFailedError } from './terminal/failures.js';
import type { Terminal } from './terminal/terminal.js';

const USAGE_ERRORS = [
  UsageError,
  RecordingFileError,
  UnknownClassifierError,
  SimulationOptionError,
  HeaderColumnsError,
  MissingHeaderError,
];

/** Runs `hark` with these arguments. @returns the exit code: 0 done, 1 the work failed, 2 wrong usage. */
export async function runHark(args: readonly string[], terminal: Terminal): Promise<0 | 1 | 2> {
  try {
    await program(terminal).parseAsync([...args], { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    terminal.log(`hark: ${messageOf(error, terminal)}`);
    return USAGE_ERRORS.some((kind) => error instanceof kind) ? 2 : 1;
  }
}

function program(given: Terminal): Command {
  const environment = { ...given.environment };
  const terminal = { ...given, environment };
  const root = new Command('hark')
    .description('Online activity recognition from phone and watch sensors.')
    .showHelpAfterError('(hark help <command> shows examples)')
    .option(
      '--token <token>',
      'the token to show to the service (better: HARK_TOKEN, which `ps` does not show)',
    )
    .hook('preAction', () => {
      const { token } = root.opts<{ token?: string }>();
      if (token !== undefined) environment['HARK_TOKEN'] = token;
    })
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.out(text.trimEnd()),
      writeErr: (text) => terminal.log(text.trimEnd()),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .addHelpText(
      'after',
      `
Exit codes: 0 done, 1 the work failed, 2 wrong usage. Results go to standard output, all else to standard error.`,
    );
  demoCommand(root, terminal);
  startCommand(root, terminal);
  simulateCommand(root, terminal);
  importCommand(root, terminal);
  evaluateCommand(root, terminal);
  replayCommand(root, terminal);
  modelsCommand(root, terminal);
  labelsCommand(root, terminal);
  alertsCommand(root, terminal);
  sessionsCommand(root, terminal);
  reportsCommand(root, terminal);
  exportCommand(root, terminal);
  statusCommand(root, terminal);
  tokensCommand(root, terminal);
  verifyCommand(root, terminal);
  doctorCommand(root, terminal);
  return root;
}

/** One line where the error says what is wrong; the stack for an error of the program's own. */
function messageOf(error: unknown, { environment }: Terminal): string {
  if (!(error instanceof Error)) return String(error);
  const known = 'code' in error || error instanceof WorkFailedError;
  return known && environment['HARK_DEBUG'] !== '1' ? error.message : (error.stack ?? error.message);
}
