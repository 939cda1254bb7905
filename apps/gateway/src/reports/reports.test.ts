import { TOPICS, type ReportBatch, type ReportColumn, type ReportProgress } from '@hark/contracts';
import { AccessControl, Tokens } from '@hark/service';
import { changeTokenFile, newToken, tokenHash, type Role } from '@hark/service/access';
import { MemoryLog } from '@hark/streaming';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LiveClient, ask, startGateway } from '../testing/gateway-harness.js';
import { ManualClock } from '../testing/manual-clock.js';
import { testReports } from '../testing/test-reports.js';

let log: MemoryLog;
let gateway: Awaited<ReturnType<typeof startGateway>>;
let reports: Awaited<ReturnType<typeof testReports>>;
let answering: NodeJS.Timeout;
const clients: LiveClient[] = [];

const start = (options: Partial<Parameters<typeof startGateway>[0]> = {}) =>
  startGateway({ log, clock: new ManualClock(1_700_000_000_000), ...options });

beforeEach(async () => {
  log = new MemoryLog({ now: () => 1420, epoch: 'e1' });
  reports = await testReports(log);
  gateway = await start();
  answering = setInterval(() => void reports.step(), 2);
});

afterEach(async () => {
  clearInterval(answering);
  for (const client of clients.splice(0)) client.close();
  await gateway.close();
  expect(gateway.unforeseen).toEqual([]);
});

const SCHEMA: ReportColumn[] = [
  { name: 'User', type: 'string', key: true },
  { name: 'count', type: 'long', key: false },
];

const batch = (report: string, batchId: number, mode: ReportBatch['mode'], rows: ReportBatch['rows']) =>
  reports.say({ kind: 'batch', report, runId: 'r', batchId, mode, schema: SCHEMA, rows });

const progressOf = (name: string, batchId: number, end: number, latest = end): ReportProgress => ({
  ...{ id: 'i', runId: 'r', name, timestamp: '2026-01-01T00:00:00.000Z', batchId, batchDuration: 5 },
  ...{ numInputRows: 100, inputRowsPerSecond: 20, processedRowsPerSecond: 20_000 },
  durationMs: { triggerExecution: 5, getBatch: 1, addBatch: 2, commitOffsets: 2 },
  eventTime: {},
  stateOperators: [],
  sources: [
    {
      description: 'log[samples]',
      ...{ startOffset: { samples: { '0': 0 } }, endOffset: { samples: { '0': end } } },
      ...{ latestOffset: { samples: { '0': latest } } },
      ...{ numInputRows: 100, inputRowsPerSecond: 20, processedRowsPerSecond: 20_000 },
    },
  ],
  sink: { description: 'memory', numOutputRows: 1 },
});

const spec = (name: string, more = {}) => ({
  name,
  from: 'samples',
  groupBy: { columns: ['User'] },
  ...more,
});

const url = (path = '') => `${gateway.url}/v1/reports${path}`;
const create = (body: unknown) => ask(url(), 'POST', body);
const drained = async () => {
  while ((await gateway.gateway.lag())['reports'] > 0) await new Promise((resolve) => setImmediate(resolve));
};
const rows = async (name: string, query = '') => {
  await drained();
  return (await ask(url(`/${name}${query}`))).body as unknown as {
    rows: unknown[];
    omitted: number;
    next?: string;
  };
};

describe('a report', () => {
  it('is created through the log and listed when ingest has taken it', async () => {
    const made = await create(spec('by_user', { outputMode: 'update', replace: false }));
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      name: 'by_user',
      state: 'running',
      builtIn: false,
      rows: 0,
      error: null,
    });
    const [command] = await log.read(TOPICS.reportCommands, 0, 0, 1e9);
    expect(JSON.parse(new TextDecoder().decode(command.value))).toEqual({
      kind: 'create',
      name: 'by_user',
      spec: spec('by_user', { outputMode: 'update' }),
      replace: false,
      startingOffsets: 'earliest',
    });
    expect((await ask(url())).body).toMatchObject({ reports: [{ name: 'by_user' }] });
    expect((await create(spec('by_user'))).body).toMatchObject({ status: 409, code: 'report_exists' });
    expect((await create(spec('by_user', { replace: true }))).status).toBe(201);
  });

  it('is refused with the field and the rule that a spec breaks', async () => {
    const answer = await create({ ...spec('x'), trigger: { every: '5 seconds' } });
    expect(answer).toMatchObject({ status: 400, type: 'application/problem+json; charset=utf-8' });
    expect(answer.body).toMatchObject({ code: 'invalid_request', field: 'trigger', rule: 'invalid_union' });
    expect((await create({ ...spec('Not A Name') })).body).toMatchObject({ field: 'name' });
    const webhook = { ...spec('x'), sink: { type: 'webhook', url: 'https://example.com/' } };
    expect((await create(webhook)).body).toMatchObject({ code: 'webhook_not_allowed', field: 'sink.url' });
    expect(await log.end(TOPICS.reportCommands, 0)).toBe(0);
  });

  it('changes the rows with the same keys, appends rows, or becomes the whole result, by its mode', async () => {
    for (const outputMode of ['update', 'append', 'complete'] as const) {
      await create(spec(outputMode, { outputMode }));
      await batch(outputMode, 0, outputMode, [
        ['a', 1],
        ['b', 2],
      ]);
      await batch(outputMode, 1, outputMode, [
        ['b', 3],
        ['c', 4],
      ]);
    }
    const of = async (name: string) =>
      (await rows(name)).rows.map((row) => Object.values(row as object).join(''));
    expect(await of('update')).toEqual(['a1', 'b3', 'c4']);
    expect(await of('append')).toEqual(['a1', 'b2', 'b3', 'c4']);
    expect(await of('complete')).toEqual(['b3', 'c4']);
  });

  it('keeps the newest rows of its table, and says how many are left out', async () => {
    await create(spec('short', { sink: { type: 'memory', maxRows: 3 } }));
    await batch('short', 0, 'append', [
      ['a', 1],
      ['b', 2],
    ]);
    await batch('short', 1, 'append', [
      ['c', 3],
      ['d', 4],
    ]);
    const table = await rows('short');
    expect(table.rows).toEqual([
      { User: 'b', count: 2 },
      { User: 'c', count: 3 },
      { User: 'd', count: 4 },
    ]);
    expect(table.omitted).toBe(1);
    const first = await rows('short', '?limit=2');
    expect([first.rows.length, first.next]).toEqual([2, '2']);
    const last = await rows('short', '?limit=2&cursor=2');
    expect([last.rows, last.next]).toEqual([[{ User: 'd', count: 4 }], undefined]);
  });

  it('tells its progress, the last hundred of it, and what it is doing', async () => {
    await create(spec('p', { trigger: { processingTime: '5 seconds' } }));
    for (let i = 0; i < 103; i++) {
      await reports.say({ kind: 'progress', report: 'p', progress: progressOf('p', i, 0) });
    }
    await drained();
    const { progress } = (await ask(url('/p/progress'))).body as unknown as { progress: ReportProgress[] };
    expect([progress.length, progress[0].batchId, progress[99].batchId]).toEqual([100, 3, 102]);
    const status = async () => {
      await drained();
      return (await ask(url('/p/status'))).body;
    };
    const idle = { isDataAvailable: false, isTriggerActive: false };
    expect(await status()).toMatchObject({ ...idle, message: 'Waiting for data to arrive' });
    const sample = { topic: TOPICS.samples, partition: 0, records: [{ key: '', value: Uint8Array.of(0) }] };
    await reports.writer.commit({ appends: [sample, sample] });
    expect(await status()).toMatchObject({ message: 'Waiting for next trigger', isDataAvailable: true });
    await reports.say({ kind: 'progress', report: 'p', progress: progressOf('p', 103, 1, 2) });
    expect(await status()).toMatchObject({ message: 'Processing new data', isTriggerActive: true });
    await reports.say({ kind: 'notice', report: 'p', at: '', message: 'do this' });
    expect(await status()).toMatchObject({ message: 'do this' });
    const error = { code: 'processor', message: 'it broke' };
    await reports.say({ kind: 'failed', report: 'p', at: '2026-01-01T00:00:00.000Z', error });
    expect(await status()).toMatchObject({ message: 'Failed: it broke', state: 'failed', error });
  });

  it('is stopped, restarted and dropped through the log', async () => {
    await create(spec('x'));
    expect((await ask(url('/x/stop'), 'POST')).body).toMatchObject({ state: 'stopped' });
    expect((await ask(url('/x/restart'), 'POST')).body).toMatchObject({ state: 'running' });
    expect(await ask(url('/x'), 'DELETE')).toMatchObject({ status: 200, body: { name: 'x' } });
    for (const [path, method] of [['/x'], ['/x/stop', 'POST'], ['/x', 'DELETE']] as const)
      expect((await ask(url(path), method)).body).toMatchObject({ status: 404, code: 'unknown_report' });
  });

  it('is created once for each idempotency key, also over a restart of the gateway', async () => {
    const post = (body: unknown) =>
      fetch(url(), {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': 'k1' },
        body: JSON.stringify(body),
      });
    expect((await post(spec('once'))).status).toBe(201);
    expect((await post(spec('once'))).status).toBe(201);
    expect((await post(spec('other'))).status).toBe(422);
    await gateway.close();
    gateway = await start();
    expect((await post(spec('once'))).status).toBe(201);
    expect(await log.end(TOPICS.reportCommands, 0)).toBe(1);
  });

  it('has the same table, progress and state after a restart of the gateway', async () => {
    await gateway.close();
    gateway = await start({ snapshotEveryBytes: 1 });
    await create(spec('kept', { outputMode: 'update' }));
    await batch('kept', 0, 'update', [['a', 1]]);
    await reports.say({ kind: 'progress', report: 'kept', progress: progressOf('kept', 0, 0) });
    await drained();
    const before = [await ask(url()), await ask(url('/kept')), await ask(url('/kept/progress'))];
    await gateway.close();
    gateway = await start();
    expect([await ask(url()), await ask(url('/kept')), await ask(url('/kept/progress'))]).toEqual(before);
  });

  it('whose command ingest does not answer is told so, and stands in the log', async () => {
    clearInterval(answering);
    await gateway.close();
    const clock = new ManualClock(1_700_000_000_000);
    gateway = await start({ clock });
    const answer = create(spec('x'));
    while ((await log.end(TOPICS.reportCommands, 0)) === 0)
      await new Promise((resolve) => setImmediate(resolve));
    await drained();
    for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve));
    clock.advance(10_000);
    expect((await answer).body).toMatchObject({ status: 503, code: 'ingest_silent' });
  });
});

describe('a report that fares badly', () => {
  const alerts = async () => {
    const records = await log.read(TOPICS.announcements, 0, 0, 1e9);
    return records.map(({ value }) => {
      const { type, subject, data } = JSON.parse(new TextDecoder().decode(value)) as {
        type: string;
        subject: string;
        data: { episode: string; stage: string; message: string | null };
      };
      return [type, subject, data.episode, data.stage, data.message];
    });
  };
  const looked = async (clock: ManualClock, count: number) => {
    for (let tries = 0; (await alerts()).length < count && tries < 2000; tries++) {
      clock.advance(1000);
      await new Promise((resolve) => setImmediate(resolve));
    }
    return alerts();
  };

  it('is announced once as it fails, and once when it does well again', async () => {
    await gateway.close();
    const clock = new ManualClock(1_700_000_000_000);
    gateway = await start({ clock });
    const command = { spec: spec('x') as never, replace: false, startingOffsets: 'earliest' } as const;
    await reports.say({
      kind: 'created',
      report: 'x',
      id: 'i',
      runner: 'r',
      ...command,
      statics: {},
      builtIn: false,
      at: '',
      command: 0,
    } as never);
    const error = { code: 'processor', message: 'it broke' };
    await reports.say({ kind: 'failed', report: 'x', at: '2026-01-01T00:00:00.000Z', error });
    const failed = ['hark.report', 'x', 'report-1', 'failed', 'it broke'];
    expect(await looked(clock, 1)).toEqual([failed]);
    await gateway.close();
    gateway = await start({ clock });
    for (let i = 0; i < 50; i++) {
      clock.advance(1000);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await alerts()).toEqual([failed]);
    await reports.say({ kind: 'started', report: 'x', at: '2026-01-01T00:00:00.000Z', command: null });
    expect(await looked(clock, 2)).toEqual([failed, ['hark.report', 'x', 'report-1', 'recovered', null]]);
  });

  it('is announced when rows have come faster than it takes them for as long as an app may be behind', async () => {
    await gateway.close();
    const clock = new ManualClock(1_700_000_000_000);
    gateway = await start({ clock, alerts: { behindAfterMs: 30_000 } });
    await create(spec('x'));
    const slow = (second: number, processedRowsPerSecond: number) =>
      reports.say({
        kind: 'progress',
        report: 'x',
        progress: {
          ...progressOf('x', second, 0),
          timestamp: new Date(second * 1000).toISOString(),
          ...{ inputRowsPerSecond: 1000, processedRowsPerSecond },
        },
      });
    await slow(0, 900);
    await slow(29, 900);
    await drained();
    for (let i = 0; i < 5; i++) {
      clock.advance(1000);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await alerts()).toEqual([]);
    await slow(30, 800);
    const message = '1000 rows/s come, 800 rows/s are taken';
    expect(await looked(clock, 1)).toEqual([['hark.report', 'x', 'report-1', 'slow', message]]);
    await slow(31, 2000);
    expect(await looked(clock, 2)).toHaveLength(2);
  });
});

describe('the channel of a report', () => {
  it('begins with the table and brings batches and progress as they come', async () => {
    await create(spec('live', { outputMode: 'update' }));
    await batch('live', 0, 'update', [['a', 1]]);
    await batch('other', 0, 'update', [['z', 1]]);
    await drained();
    const client = await LiveClient.open(gateway.live);
    clients.push(client);
    client.subscribe('s', { channel: 'report:live', snapshot: true });
    await client.until(() => client.next('s').length >= 1);
    expect(client.next('s')[0].payload).toMatchObject({ kind: 'table', rows: [['a', 1]], batchId: 0 });
    await batch('live', 1, 'update', [['a', 2]]);
    await reports.say({ kind: 'progress', report: 'live', progress: progressOf('live', 1, 0) });
    await client.until(() => client.next('s').length >= 3);
    expect(
      client
        .next('s')
        .slice(1)
        .map(({ payload }) => payload['kind']),
    ).toEqual(['batch', 'progress']);
    client.subscribe('none', { channel: 'report:nobody' });
    await client.until((heard) => heard.some(({ id, type }) => id === 'none' && type === 'error'));
  });
});

describe('a token', () => {
  it('that may not know of all users sees no report, and nobody changes one without operate', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'hark-reports-'));
    const file = join(folder, 'tokens.json');
    const access = new AccessControl(new Tokens({ given: [], file, required: true, now: () => 0 }));
    const token = (roles: Role[], users: string[]): string => {
      const { id, text } = newToken();
      const hash = tokenHash(text).toString('hex');
      changeTokenFile(file, (entries) => [
        ...entries,
        { id, name: id, hash, roles, users, created: null, expires: null },
      ]);
      access.refresh();
      return text;
    };
    await create(spec('x'));
    await gateway.close();
    gateway = await start({ access });
    const answer = async (path: string, text: string, method = 'GET', body?: unknown) => {
      const headers = { authorization: `Bearer ${text}`, 'content-type': 'application/json' };
      const response = await fetch(url(path), {
        method,
        headers,
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      return [response.status, (await response.json()) as Record<string, unknown>] as const;
    };
    try {
      const [all, some, operator] = [
        token(['subscribe'], ['*']),
        token(['operate'], ['a']),
        token(['operate'], ['*']),
      ];
      expect((await answer('', all))[1]).toMatchObject({ reports: [{ name: 'x' }] });
      expect(await answer('', some)).toEqual([200, { reports: [] }]);
      for (const path of ['/x', '/x/progress', '/x/status'])
        expect([(await answer(path, all))[0], (await answer(path, some))[0]]).toEqual([200, 404]);
      expect((await answer('', all, 'POST', spec('y')))[0]).toBe(403);
      expect((await answer('', some, 'POST', spec('y')))[0]).toBe(403);
      expect((await answer('/x', some, 'DELETE'))[0]).toBe(404);
      expect((await answer('', operator, 'POST', spec('y')))[0]).toBe(201);
      const client = await LiveClient.connect(gateway.live);
      clients.push(client);
      client.say({ type: 'connection_init', payload: { token: some } });
      await client.until((heard) => heard.some(({ type }) => type === 'connection_ack'));
      client.subscribe('s', { channel: 'report:x' });
      await client.until((heard) => heard.some(({ type }) => type === 'error'));
      expect(client.heard.at(-1)).toMatchObject({ payload: { code: 'unknown_channel' } });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
