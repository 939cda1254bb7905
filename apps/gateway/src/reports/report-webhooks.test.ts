import { TOPICS, type ReportRecord } from '@hark/contracts';
import { MemoryLog, type LogWriter } from '@hark/streaming';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebhookAllowList } from '../alerts/webhooks/webhook-allow-list.js';
import { ManualClock } from '../testing/manual-clock.js';
import { KnownReport } from './known-report.js';
import { ReportWebhooks } from './report-webhooks.js';

let clock: ManualClock;
let log: MemoryLog;
let ingest: LogWriter;
let gateway: LogWriter;
let server: Server;
let url: string;
let received: { id: unknown; batchId: number }[];
let answers: number[];

beforeEach(async () => {
  clock = new ManualClock(1_767_225_600_000);
  log = new MemoryLog({ now: () => clock.now() });
  ingest = await log.writer('ingest');
  gateway = await log.writer('gateway');
  received = [];
  answers = [];
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (part: Buffer) => (body += part.toString('utf8')));
    request.on('end', () => {
      const { batchId } = JSON.parse(body) as { batchId: number };
      received.push({ id: request.headers['webhook-id'], batchId });
      response.writeHead(answers.shift() ?? 204).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/in`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

async function say(said: Partial<ReportRecord> & { report: string }): Promise<void> {
  const records = [{ key: said.report, value: Buffer.from(JSON.stringify(said)) }];
  await ingest.commit({ appends: [{ topic: TOPICS.reports, partition: 0, records }] });
}
const batch = (report: string, batchId: number) =>
  say({ kind: 'batch', report, batchId, runId: 'r', mode: 'append', schema: [], rows: [] });

function start(): () => Promise<void> {
  const spec = { name: 'sent', from: 'samples', sink: { type: 'webhook', url } } as const;
  const created = {
    kind: 'created',
    report: 'sent',
    id: 'i',
    runner: 'r',
    spec,
    at: '',
    command: 0,
  } as const;
  const known = new KnownReport({ ...created, statics: {}, builtIn: false });
  const webhooks = new ReportWebhooks(
    log,
    gateway,
    clock,
    { reports: new Map([['sent', known]]) },
    {
      allowList: new WebhookAllowList([url]),
      key: Buffer.from('a key of thirty-two bytes or more'),
      ...{ firstRetryMs: 5000, longestRetryMs: 60_000, giveUpAfterMs: 600_000 },
    },
  );
  const ending = new AbortController();
  const running = webhooks.run(ending.signal);
  return async () => {
    ending.abort();
    await running;
  };
}

const until = async (met: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await met())) {
    clock.advance(1000);
    await new Promise((resolve) => setImmediate(resolve));
  }
};

describe('the webhook sink of a report', () => {
  it('is sent its micro-batches alone, in order, each until it is taken, and goes on behind them after a restart', async () => {
    answers = [500];
    await say({ kind: 'started', report: 'sent', at: '', command: null });
    await batch('sent', 0);
    await batch('other', 0);
    await batch('sent', 1);
    let stop = start();
    await until(() => received.length === 3);
    await until(async () => (await log.end(TOPICS.deliveries, 0)) === 2);
    await stop();
    await batch('sent', 2);
    stop = start();
    await until(() => received.length === 4);
    await stop();
    expect(received).toEqual([
      { id: 'report-1', batchId: 0 },
      { id: 'report-1', batchId: 0 },
      { id: 'report-3', batchId: 1 },
      { id: 'report-4', batchId: 2 },
    ]);
  });
});
