import { LmdbLog } from '@hark/streaming/adapters';
import { fork, spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startProcess } from '../apps/started-processes.js';
import type { Figure } from '../figure.js';
import { alertRecord, predictionRecord } from './stored-records.js';
import type { Order, Report, Resumed } from './subscribers.js';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));

/** How often a step of the learner is committed. */
const STEP_MS = 10;

export interface FanOutOptions {
  readonly subscribers: number;
  /** Predictions a second, over all devices in turn. */
  readonly rate: number;
  readonly seconds: number;
  /** Readers that stop reading, in a second part with 200 subscribers; 0 = without that part. */
  readonly stalled: number;
}

export const FAN_OUT: FanOutOptions = { subscribers: 10_000, rate: 4000, seconds: 15, stalled: 50 };

/**
 * From the log to the sockets: the gateway as it is shipped on an embedded log of its own, this process writing
 * predictions into the log as the learner does, and a process of its own for the subscribers.
 */
export async function fanOut(options: FanOutOptions, folder: string): Promise<Figure[]> {
  const figures = await part(options, folder, (run) => spread(run, options));
  if (options.stalled === 0) return figures;
  const few = { ...options, subscribers: 200 };
  return [...figures, ...(await part(few, folder, (run) => withStalled(run, few)))];
}

interface Run {
  readonly port: number;
  order<Answer>(order: Order): Promise<Answer>;
  /** Writes predictions for so long; an alert every so often. Returns the offset after the last. */
  write(seconds: number, alertEverySeconds: number): Promise<number>;
  memory(field: 'VmRSS' | 'VmHWM' | 'RssAnon'): number;
}

async function spread(run: Run, { subscribers, rate, seconds }: FanOutOptions): Promise<Figure[]> {
  const before = run.memory('VmRSS');
  await run.write(3, Infinity);
  await run.order({ do: 'reset' });
  await run.write(seconds, 4);
  await sleep(1500);
  const report = await run.order<Report>({ do: 'report' });
  const lost = Math.round(rate * seconds) - report.predictions;
  if (Math.abs(lost) > rate * STEP_MS || report.closed > 0)
    throw new Error(`${lost} predictions did not arrive, ${report.closed} sockets were closed`);
  const missing = report.alerts.find(({ received }) => received !== subscribers);
  if (missing !== undefined) throw new Error(`an alert reached ${missing.received} of ${subscribers}`);
  const name = `${subscribers} subscribers, ${rate}/s`;
  return [
    ...latencies(`log → socket, ${name}`, report),
    {
      name: `alert at the last of them, ${name}`,
      value: Math.max(...report.alerts.map(({ lastMs }) => lastMs)),
      unit: 'ms',
    },
    { name: `gateway with all connected, ${name}`, value: before, unit: 'MB' },
    { name: `gateway at its peak, ${name}`, value: run.memory('VmHWM'), unit: 'MB' },
  ];
}

async function withStalled(run: Run, { stalled, seconds, rate }: FanOutOptions): Promise<Figure[]> {
  await run.write(3, Infinity);
  await run.order({ do: 'reset' });
  await run.write(seconds, Infinity);
  const quiet = await run.order<Report>({ do: 'report' });
  // Without the pages of the log, which are mapped and grow with what is written.
  const before = run.memory('RssAnon');
  await run.order({ do: 'stall', port: run.port, readers: stalled });
  await run.order({ do: 'reset' });
  const started = performance.now();
  let most = 0;
  let closedMs = NaN;
  const watching = (async () => {
    for (; performance.now() - started < 40_000; await sleep(250)) {
      most = Math.max(most, run.memory('RssAnon'));
      if ((await subscriptions(run.port)) > 200) continue;
      closedMs = performance.now() - started;
      return;
    }
  })();
  // In pieces, until the stalled readers have been closed.
  let end: number;
  do end = await run.write(5, Infinity);
  while (Number.isNaN(closedMs) && performance.now() - started < 40_000);
  await watching;
  const pressed = await run.order<Report>({ do: 'report' });
  const resumed = await run.order<Resumed>({ do: 'resume', port: run.port, end });
  if (resumed.wrong > 0 || resumed.tooSlow < resumed.readers)
    throw new Error(
      `of ${resumed.readers} stalled readers ${resumed.tooSlow} got 4108, ${resumed.wrong} a gap`,
    );
  const name = `200 subscribers, ${rate}/s`;
  return [
    ...latencies(`log → socket, ${name}`, quiet),
    ...latencies(`the same beside ${stalled} stalled readers and a ping flood`, pressed),
    { name: `stalled readers closed after`, value: closedMs / 1000, unit: 's' },
    { name: `memory that they cost`, value: most - before, unit: 'MB' },
  ];
}

function latencies(name: string, { p50, p99, max }: Report): Figure[] {
  return [
    { name: `${name}, p50`, value: p50, unit: 'ms' },
    { name: `${name}, p99`, value: p99, unit: 'ms' },
    { name: `${name}, max`, value: max, unit: 'ms' },
  ];
}

async function part(
  { subscribers, rate }: FanOutOptions,
  folder: string,
  measure: (run: Run) => Promise<Figure[]>,
): Promise<Figure[]> {
  const data = mkdtempSync(join(folder, 'fan-out-'));
  mkdirSync(join(data, 'log'), { recursive: true });
  const log = new LmdbLog({ dir: join(data, 'log') });
  const writer = await log.writer('learner');
  const gateway = startProcess(() =>
    spawn(process.execPath, [join(ROOT, 'apps/gateway/dist/main.js')], {
      env: {
        ...process.env,
        HARK_DATA: data,
        HARK_LOG_LEVEL: 'warn',
        HARK_GATEWAY_PORT: '0',
        // All subscribers are on this machine.
        HARK_MAX_CONNECTIONS_PER_ADDRESS: String(subscribers + 1000),
        HARK_MAX_CONNECTIONS_PER_TOKEN: String(subscribers + 1000),
      },
      stdio: ['ignore', 'ignore', 'inherit'],
    }),
  );
  const clients = startProcess(() => fork(fileURLToPath(new URL('./subscribers.js', import.meta.url))));
  let turn = 0;
  try {
    const port = await ready(data);
    const order = <Answer>(what: Order) => ask<Answer>(clients, what);
    await order({ do: 'open', port, subscribers, path: '/v1/live' });
    return await measure({
      port,
      order,
      memory: (field) => memoryOf(gateway, field),
      write: async (seconds, alertEverySeconds) => {
        const started = performance.now();
        let alertAt = alertEverySeconds / 2;
        for (let written = 0; ;) {
          const elapsed = (performance.now() - started) / 1000;
          if (elapsed >= seconds) break;
          const due = Math.floor(elapsed * rate) - written;
          const writtenMs = performance.timeOrigin + performance.now();
          const records = Array.from({ length: due }, (_, i) => {
            const number = turn + i;
            return predictionRecord(number % subscribers, Math.floor(number / subscribers), writtenMs);
          });
          const appends = [{ topic: 'predictions', partition: 0, records }];
          if (elapsed >= alertAt) {
            appends.push({ topic: 'alerts', partition: 0, records: [alertRecord(turn, writtenMs)] });
            alertAt += alertEverySeconds;
          }
          if (due > 0) await writer.commit({ appends });
          written += due;
          turn += due;
          await sleep(STEP_MS - ((performance.now() - started) % STEP_MS));
        }
        return log.end('predictions', 0);
      },
    });
  } finally {
    await ask(clients, { do: 'end' }).catch(() => undefined);
    clients.kill();
    await end(gateway);
    await log.close();
    rmSync(data, { recursive: true, force: true });
  }
}

function ask<Answer>(clients: ChildProcess, order: Order): Promise<Answer> {
  return new Promise((resolve, reject) => {
    clients.once('message', (message: { answer?: Answer; error?: string }) => {
      if (message.error === undefined) resolve(message.answer as Answer);
      else reject(new Error(message.error));
    });
    clients.send(order, (error) => error && reject(error));
  });
}

async function subscriptions(port: number): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${port}/v1/status`);
  const status = (await response.json()) as {
    gateway: { live: { predictions?: { subscriptions: number } } };
  };
  return status.gateway.live.predictions?.subscriptions ?? 0;
}

async function ready(data: string): Promise<number> {
  for (let waited = 0; waited < 30_000; waited += 50) {
    try {
      const { port } = JSON.parse(readFileSync(join(data, 'run/gateway.json'), 'utf8')) as { port: number };
      if ((await fetch(`http://127.0.0.1:${port}/health/ready`)).ok) return port;
    } catch {
      // Not there yet.
    }
    await sleep(50);
  }
  throw new Error('the gateway was not ready in 30 s');
}

/** Megabytes; NaN where there is no /proc. */
function memoryOf({ pid }: ChildProcess, field: string): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1]) / 1024;
  } catch {
    return NaN;
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
}
