import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { startProcess } from '../apps/started-processes.js';

/** A process of the bench's own that is given orders, one at a time, and answers each with one message. */
export class Child {
  private constructor(private readonly child: ChildProcess) {}

  /** @param module relative to this folder, as built. */
  static start(module: string): Child {
    return new Child(startProcess(() => fork(fileURLToPath(new URL(module, import.meta.url)))));
  }

  ask<Answer>(order: unknown): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const onExit = (code: number | null): void =>
        reject(new Error(`a process of the bench ended with ${code}`));
      this.child.once('exit', onExit);
      this.child.once('message', (message: { answer?: Answer; error?: string }) => {
        this.child.off('exit', onExit);
        if (message.error === undefined) resolve(message.answer as Answer);
        else reject(new Error(message.error));
      });
      this.child.send(order as object, (error) => error && reject(error));
    });
  }

  stop(): void {
    this.child.kill();
  }
}
