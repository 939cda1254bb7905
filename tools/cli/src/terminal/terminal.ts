/** Where a command's words go, and what it may know of the world. Results to `out`, everything else to `log`. */
export interface Terminal {
  /** A line of the result, to standard output. */
  out(line: string): void;
  /** A line about the work, to standard error. */
  log(line: string): void;
  /** Whether somebody watches standard error: progress bars are drawn then. */
  readonly interactive: boolean;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Aborted at Ctrl-C or SIGTERM: the command ends in order. */
  readonly signal: AbortSignal;
}

/** The terminal of this process. */
export function processTerminal(signal: AbortSignal): Terminal {
  return {
    out: (line) => void process.stdout.write(`${line}\n`),
    log: (line) => void process.stderr.write(`${line}\n`),
    interactive: process.stderr.isTTY === true,
    environment: process.env,
    signal,
  };
}
