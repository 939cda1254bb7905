import { runHark } from './program.js';
import { processTerminal } from './terminal/terminal.js';

/** Runs the command line of this process to its end. */
export async function main(): Promise<void> {
  const stopping = new AbortController();
  let asked = 0;
  const stop = (): void => {
    stopping.abort();
    // Whoever asks twice does not want to wait.
    if (++asked > 1) process.exit(1);
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  // The reader of a pipe may go away, as `head` does.
  process.stdout.on('error', () => process.exit(0));
  process.exitCode = await runHark(process.argv.slice(2), processTerminal(stopping.signal));
  process.off('SIGINT', stop);
  process.off('SIGTERM', stop);
}
