import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { NODE_FLAGS } from './node-flags.js';

/** What to start. */
export interface AppSpec {
  readonly name: string;
  /** A Node program. */
  readonly script: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** How a process ended. */
export interface AppExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/**
 * One run of an app. Its standard input is a pipe that closes when this process dies, by whatever means: the app
 * ends then, so that none is left behind.
 */
export class AppProcess {
  readonly exited: Promise<AppExit>;
  private readonly child: ChildProcess;

  constructor(spec: AppSpec, onLine: (line: string) => void) {
    this.child = spawn(process.execPath, [...NODE_FLAGS, spec.script], {
      env: { ...spec.environment, HARK_SUPERVISED: '1' },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.child.stdin?.on('error', () => undefined);
    for (const stream of [this.child.stdout, this.child.stderr]) {
      if (stream !== null) createInterface({ input: stream }).on('line', onLine);
    }
    this.exited = new Promise((resolve) => {
      this.child.once('error', (error) => {
        onLine(error.message);
        resolve({ code: 1, signal: null });
      });
      // Not `exit`: the last lines come before `close`.
      this.child.once('close', (code, signal) => resolve({ code, signal }));
    });
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  kill(signal: NodeJS.Signals): void {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill(signal);
  }
}
