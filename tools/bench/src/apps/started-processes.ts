import type { ChildProcess } from 'node:child_process';
import { rmSync } from 'node:fs';
import { constants } from 'node:os';

const PATIENCE_MS = 10_000;

const running = new Set<ChildProcess>();
let interrupted = false;

/** The bench has been told to end: nothing more is started. */
export class InterruptedError extends Error {
  readonly code = 'interrupted';
  constructor() {
    super('interrupted');
  }
}

/**
 * Every process that the bench starts goes through here, so that none outlives it.
 *
 * @throws InterruptedError
 */
export function startProcess<Child extends ChildProcess>(start: () => Child): Child {
  if (interrupted) throw new InterruptedError();
  const child = start();
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

export function isInterrupted(): boolean {
  return interrupted;
}

/** On Ctrl-C and the like: ends what was started, removes the folder, and exits. */
export function leaveNothingBehind(folder: string): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      interrupted = true;
      void endAll().then(() => {
        rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
        process.exit(128 + constants.signals[signal]);
      });
    });
  }
}

/** Asked first: `hark demo` has processes of its own to end. */
async function endAll(): Promise<void> {
  const children = [...running];
  const all = Promise.all(children.map((child) => new Promise((resolve) => child.once('exit', resolve))));
  const late = setTimeout(() => children.forEach((child) => child.kill('SIGKILL')), PATIENCE_MS);
  for (const child of children) child.kill('SIGTERM');
  await all;
  clearTimeout(late);
}
