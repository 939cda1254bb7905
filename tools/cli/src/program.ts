import { Command, CommanderError } from 'commander';
import { commandsFor } from './commands/all-commands.js';
import { WorkFailedError } from './terminal/failures.js';
import type { Terminal } from './terminal/terminal.js';

/** Codes of errors that say what is wrong with the command line or with the files that it names. */
const USAGE_CODES = new Set<unknown>([
  'usage',
  'recording_file',
  'unknown_classifier',
  'simulation_option',
  'header_columns',
  'header_missing',
]);

/** Runs `hark` with these arguments. @returns the exit code: 0 done, 1 the work failed, 2 wrong usage. */
export async function runHark(args: readonly string[], terminal: Terminal): Promise<0 | 1 | 2> {
  try {
    await (await program(args, terminal)).parseAsync([...args], { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    terminal.log(`hark: ${messageOf(error, terminal)}`);
    return USAGE_CODES.has((error as { readonly code?: unknown } | null)?.code) ? 2 : 1;
  }
}

async function program(args: readonly string[], given: Terminal): Promise<Command> {
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
  for (const add of await commandsFor(args)) add(root, terminal);
  return root;
}

/** One line where the error says what is wrong; the stack for an error of the program's own. */
function messageOf(error: unknown, { environment }: Terminal): string {
  if (!(error instanceof Error)) return String(error);
  const known = 'code' in error || error instanceof WorkFailedError;
  return known && environment['HARK_DEBUG'] !== '1' ? error.message : (error.stack ?? error.message);
}
