import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { startHark } from '../harness.js';

/** `hark demo`, as somebody would start it, on ports of its own. */
export class RunningDemo {
  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
    readonly data: string,
    /** With `--lan`: what everybody must show. */
    readonly token: string | null,
    /** Wall clock at which it said that it is ready. */
    readonly readyAtMs: number,
    private readonly said: string[],
  ) {}

  /** @param options as on the command line. */
  static async start(...options: string[]): Promise<RunningDemo> {
    const [gateway, ingest, learner] = await freePorts(3);
    const child = startHark(['demo', ...options], {
      ...{ HARK_GATEWAY_PORT: gateway, HARK_INGEST_PORT: ingest, HARK_LEARNER_PORT: learner },
    });
    const said: string[] = [];
    const text = await new Promise<string>((resolve, reject) => {
      child.stdout?.on('data', (data: Buffer) => {
        said.push(data.toString());
        const all = said.join('');
        if (all.includes('Ctrl-C')) resolve(all);
      });
      child.stderr?.on('data', (data: Buffer) => said.push(data.toString()));
      child.once('exit', (code) => reject(new Error(`the demo ended with ${code}: ${said.join('')}`)));
    });
    const url = /Dashboard\s+(\S+)\//.exec(text)?.[1] ?? '';
    const data = /Data folder\s+(\S+)/.exec(text)?.[1] ?? '';
    const token = /HARK_TOKEN=(\S+)/.exec(text)?.[1] ?? null;
    return new RunningDemo(child, url, data, token, Date.now(), said);
  }

  /** All that it has printed. */
  get text(): string {
    return this.said.join('');
  }

  /** As `kill -9`; the demo starts it anew. */
  killGateway(): void {
    const { pid } = JSON.parse(readFileSync(join(this.data, 'run/gateway.json'), 'utf8')) as { pid: number };
    process.kill(pid, 'SIGKILL');
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null) return;
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGINT');
    await ended;
  }
}

async function freePorts(count: number): Promise<string[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      return server;
    }),
  );
  const ports = servers.map((server) => String((server.address() as AddressInfo).port));
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
