import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from './running-apps.js';
import { startProcess } from './started-processes.js';

/** There is nothing here to run a broker with. */
export class NoKafkaError extends Error {
  readonly code = 'no_kafka';
}

const IMPOSSIBLE = 2;

/** A real broker of one node, of tools/kafka. */
export class KafkaProcess {
  private constructor(
    /** For `HARK_KAFKA_BROKERS`. */
    readonly address: string,
    readonly pid: number,
    private readonly child: ChildProcess,
  ) {}

  /** @throws NoKafkaError */
  static start(): Promise<KafkaProcess> {
    const child = startProcess(() =>
      spawn(process.execPath, [join(ROOT, 'tools/kafka/dist/main.js'), '--fast'], {
        stdio: ['ignore', 'pipe', 'pipe'],
      }),
    );
    return new Promise((resolve, reject) => {
      let said = '';
      let complained = '';
      child.stdout.on('data', (data: Buffer) => {
        said += data.toString();
        const [, address, pid] = /^HARK_KAFKA_BROKERS=(.*)\nKAFKA_PID=(\d+)\n/.exec(said) ?? [];
        if (pid !== undefined) resolve(new KafkaProcess(address, Number(pid), child));
      });
      child.stderr.on('data', (data: Buffer) => (complained += data.toString()));
      child.once('error', reject);
      child.once('close', (code) =>
        reject(code === IMPOSSIBLE ? new NoKafkaError(complained.trim()) : new Error(complained.trim())),
      );
    });
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGTERM');
    await ended;
  }
}
