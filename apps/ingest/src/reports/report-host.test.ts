import {
  ReportTable,
  SampleBatchBuilder,
  TOPICS,
  encodeSamplesRecord,
  type ReportCommand,
  type ReportRecord,
  type ReportSpec,
} from '@hark/contracts';
import { MemoryArtifactStore, MemoryLog, type LogWriter } from '@hark/streaming';
import { KafkaRefusalError } from '@hark/streaming/adapters';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ReportHost } from './report-host.js';
import { OutsideSources } from './sources/outside-sources.js';
import { StaticTables } from './static-tables.js';
import { TriggerClock } from './trigger-clock.js';

const T0 = 1_424_696_400_000;

let log: MemoryLog;
let gateway: LogWriter;
let artifacts: MemoryArtifactStore;
let folder: string;
let nowMs: number;

beforeEach(async () => {
  log = new MemoryLog({ now: () => 0 });
  gateway = await log.writer('gateway');
  artifacts = new MemoryArtifactStore();
  folder = mkdtempSync(join(tmpdir(), 'hark-reports-'));
  nowMs = 1_000_000;
});
afterEach(() => rmSync(folder, { recursive: true }));

const BY_USER: ReportSpec = {
  name: 'by_user',
  from: 'samples',
  groupBy: { columns: ['User'] },
  aggregate: [{ fn: 'count' }, { fn: 'sum', column: 'x' }],
  outputMode: 'update',
};

class Crash extends Error {}

interface Options {
  readonly builtIn?: readonly ReportSpec[];
  /** Dies at this commit, before it takes effect or after. */
  readonly crashAt?: { readonly commit: number; readonly when: 'before' | 'after' };
}

/** Ingest with its reports, as a process that has just started. */
async function start({ builtIn = [], crashAt }: Options = {}) {
  const real = await log.writer('ingest');
  let commits = 0;
  let isDead = false;
  const writer: LogWriter = {
    ...real,
    commit: async (commit) => {
      if (isDead) throw new Crash();
      const dies = ++commits === crashAt?.commit;
      isDead = dies;
      if (dies && crashAt.when === 'before') throw new Crash();
      const result = await real.commit(commit);
      if (dies) throw new Crash();
      return result;
    },
  };
  let ids = 0;
  const errors: unknown[] = [];
  const host = await ReportHost.open({
    ...{ log, writer, artifacts, builtIn, kafka: null },
    statics: new StaticTables(folder, artifacts),
    outside: new OutsideSources({
      ...{ filesFolder: folder, kafka: null, writer, now: () => nowMs },
      sleep: () => Promise.resolve(),
    }),
    logger: {
      info: () => undefined,
      warn: () => undefined,
      error: (error: unknown) => void errors.push(error),
    } as never,
    // Waiting is what nothing else is to be done by: the clock goes on.
    sleep: (ms) => {
      nowMs += ms;
      return new Promise((resolve) => setImmediate(resolve));
    },
    utilization: () => 0,
    turn: () => new Promise((resolve) => setImmediate(resolve)),
    now: () => nowMs,
    elapsed: () => nowMs,
    newId: () => `id-${nowMs}-${++ids}`,
  });
  const stopping = new AbortController();
  const running = host.run(stopping.signal);
  let failure: unknown = null;
  running.catch((error: unknown) => (failure = error));
  return {
    host,
    errors,
    commits: () => commits,
    failure: () => failure,
    /** Runs until nothing has been written for a while. */
    settle: async () => {
      let quiet = 0;
      let seen = -1;
      const began = performance.now();
      while ((quiet < 300 || performance.now() - began < 20) && failure === null) {
        await new Promise((resolve) => setImmediate(resolve));
        quiet = commits === seen ? quiet + 1 : 0;
        seen = commits;
      }
    },
    stop: async () => {
      stopping.abort();
      await running.catch(() => undefined);
    },
  };
}

/** A record of rows (user, seconds since T0). */
function samples(rows: readonly (readonly [user: string, second: number, gt?: string])[]): Uint8Array {
  const batch = new SampleBatchBuilder(rows.length);
  for (const [user, second, gt = 'walk'] of rows) {
    const stream = batch.streamOf(user, 'd', 'gear', 'accelerometer');
    const ms = T0 + second * 1000;
    batch.push(stream, ms, 0, ms, second, 2, 3, batch.labelOf(gt));
  }
  return encodeSamplesRecord({ batch: batch.take(), receivedMs: 0 });
}

/** While no host runs: there is one live writer of ingest. */
async function append(...values: readonly Uint8Array[]): Promise<void> {
  const writer = await log.writer('ingest');
  const records = values.map((value) => ({ key: '', value }));
  await writer.commit({ appends: [{ topic: TOPICS.samples, partition: 0, records }] });
}

async function command(asked: ReportCommand): Promise<void> {
  const records = [{ key: asked.name, value: Buffer.from(JSON.stringify(asked)) }];
  await gateway.commit({ appends: [{ topic: TOPICS.reportCommands, partition: 0, records }] });
}

const create = (spec: ReportSpec, more: Partial<ReportCommand> = {}) =>
  command({
    kind: 'create',
    name: spec.name,
    spec,
    replace: false,
    startingOffsets: 'earliest',
    ...more,
  } as ReportCommand);

async function said(name: string): Promise<ReportRecord[]> {
  const records = await log.read(TOPICS.reports, 0, 0, 1e9);
  return records
    .filter(({ key }) => key === name)
    .map(({ value }) => JSON.parse(new TextDecoder().decode(value)) as ReportRecord);
}

async function table(name: string): Promise<unknown[][]> {
  let result = new ReportTable(1e6);
  for (const each of await said(name)) {
    if (each.kind === 'created') result = new ReportTable(1e6);
    if (each.kind === 'batch') result.take(each);
  }
  return [...result.rows()].map((row) => [...row]);
}

const kinds = async (name: string) =>
  (await said(name)).map(({ kind }) => kind).filter((kind) => kind !== 'batch' && kind !== 'progress');

/** Runs a host until nothing is left to do. */
async function once(options: Options = {}) {
  const ingest = await start(options);
  await ingest.settle();
  await ingest.stop();
  return ingest;
}

const RECORDS = Array.from({ length: 40 }, (_, i) =>
  samples(Array.from({ length: 50 }, (_, j) => ['abc'[(i + j) % 3], i * 50 + j])),
);

describe('a report', () => {
  it('counts what stands in the log, and goes on with what comes after a restart', async () => {
    await append(
      samples([
        ['a', 0],
        ['b', 1],
      ]),
      samples([['a', 2]]),
    );
    await create(BY_USER);
    await once();
    expect(await table('by_user')).toEqual([
      ['a', 2, 2],
      ['b', 1, 1],
    ]);
    await append(samples([['b', 3]]));
    await once();
    expect(await table('by_user')).toEqual([
      ['a', 2, 2],
      ['b', 2, 4],
    ]);
    expect(await kinds('by_user')).toEqual(['created']);
    const batches = (await said('by_user')).flatMap((each) => (each.kind === 'batch' ? [each.batchId] : []));
    expect(batches).toEqual([0, 1]);
  });

  it('begins with what comes from now on where it is asked to', async () => {
    await append(samples([['a', 0]]));
    await create(BY_USER, { startingOffsets: 'latest' } as never);
    await once();
    expect(await table('by_user')).toEqual([]);
    await append(samples([['b', 1]]));
    await once();
    expect(await table('by_user')).toEqual([['b', 1, 1]]);
  });

  it.each(['before', 'after'] as const)(
    'ends with the same rows whichever commit ingest dies at, %s the commit took effect',
    async (when) => {
      const specs: ReportSpec[] = [
        BY_USER,
        {
          name: 'distinct',
          from: 'samples',
          withWatermark: { column: 'event_time', delay: '5 seconds' },
          dropDuplicates: ['User', 'event_time'],
          groupBy: { window: { size: '10 minutes' } },
          aggregate: [{ fn: 'count' }],
          outputMode: 'update',
        },
      ];
      await append(...RECORDS.slice(0, 20), ...RECORDS.slice(10, 40));
      const whole = await once({ builtIn: specs });
      const expected = [await table('by_user'), await table('distinct')];
      expect(expected[0].reduce((sum, [, count]) => sum + Number(count), 0)).toBe(2500);
      for (let commit = 1; commit <= whole.commits(); commit++) {
        log = new MemoryLog({ now: () => 0 });
        gateway = await log.writer('gateway');
        await append(...RECORDS.slice(0, 20), ...RECORDS.slice(10, 40));
        await once({ builtIn: specs, crashAt: { commit, when } });
        await once({ builtIn: specs });
        expect([await table('by_user'), await table('distinct')], `died at ${commit}`).toEqual(expected);
      }
    },
    60_000,
  );

  it('that throws is stopped and shown, and the others go on', async () => {
    await append(samples([['a', 0]]), Uint8Array.of(255, 255, 255), samples([['a', 1]]));
    const ingest = await once({
      builtIn: [
        BY_USER,
        { name: 'windows_too', from: 'windows', groupBy: { columns: ['user'] }, outputMode: 'update' },
      ],
    });
    expect(await kinds('by_user')).toEqual(['created', 'failed']);
    expect((await said('by_user')).at(-1)).toMatchObject({ kind: 'failed', error: { code: 'processor' } });
    expect(await kinds('windows_too')).toEqual(['created']);
    expect(ingest.errors).toHaveLength(1);
    expect(ingest.failure()).toBeNull();
    // It stays so over a restart, until somebody restarts it.
    await once({ builtIn: [BY_USER] });
    expect(await kinds('by_user')).toEqual(['created', 'failed']);
    await command({ kind: 'restart', name: 'by_user' });
    await once({ builtIn: [BY_USER] });
    expect(await kinds('by_user')).toEqual(['created', 'failed', 'started', 'failed']);
  });

  it('whose sink can not go on fails, and goes on where it stood when it is restarted', async () => {
    await append(samples([['a', 0]]));
    await create(BY_USER);
    const ingest = await start();
    await ingest.settle();
    ingest.host.failSoon('by_user', new KafkaRefusalError('no permission'));
    await ingest.settle();
    await ingest.stop();
    expect((await said('by_user')).at(-1)).toMatchObject({
      kind: 'failed',
      error: { code: 'kafka_refusal', message: 'no permission' },
    });
    await append(samples([['a', 1]]));
    await command({ kind: 'restart', name: 'by_user' });
    await once();
    expect(await table('by_user')).toEqual([['a', 2, 1]]);
  });

  it('stops, goes on where it stood, and is dropped, as it is told', async () => {
    await append(samples([['a', 0]]));
    await create(BY_USER);
    await once();
    await command({ kind: 'stop', name: 'by_user' });
    await once();
    await append(samples([['a', 1]]));
    await once();
    expect(await table('by_user')).toEqual([['a', 1, 0]]);
    await command({ kind: 'restart', name: 'by_user' });
    await once();
    expect(await table('by_user')).toEqual([['a', 2, 1]]);
    await command({ kind: 'drop', name: 'by_user' });
    await command({ kind: 'stop', name: 'by_user' });
    await once();
    expect(await kinds('by_user')).toEqual(['created', 'stopped', 'started', 'dropped', 'refused']);
    expect((await said('by_user')).at(-1)).toMatchObject({
      error: { status: 404, code: 'unknown_report' },
      command: 4,
    });
  });

  it('whose logic is changed goes on with its state where that fits, and is left alone where not', async () => {
    await append(
      samples([
        ['a', 0],
        ['b', 1],
      ]),
    );
    await create(BY_USER);
    await once();
    await create(BY_USER);
    const onlyA: ReportSpec = { ...BY_USER, where: [{ column: 'User', op: '=', value: 'a' }] };
    await create(onlyA, { replace: true } as never);
    await once();
    await append(
      samples([
        ['a', 10],
        ['b', 20],
      ]),
    );
    await once();
    expect(await table('by_user')).toEqual([
      ['a', 2, 10],
      ['b', 1, 1],
    ]);
    await create({ ...BY_USER, aggregate: [{ fn: 'avg', column: 'x' }] }, { replace: true } as never);
    await append(samples([['a', 5]]));
    await once();
    expect(await table('by_user')).toEqual([
      ['a', 3, 15],
      ['b', 1, 1],
    ]);
    const refused = (await said('by_user')).filter((each) => each.kind === 'refused');
    expect(refused.map(({ error }) => [error.status, error.code])).toEqual([
      [409, 'report_exists'],
      [409, 'incompatible_change'],
    ]);
  });

  it('is refused with the field and the rule where its spec breaks one', async () => {
    await create({ ...BY_USER, outputMode: 'append' });
    await create({ ...BY_USER, name: 'files', sink: { type: 'parquet' } });
    await create({ ...BY_USER, name: 'kafka', sink: { type: 'kafka', topic: 't' } });
    await create({ ...BY_USER, name: 'from', from: { kafka: { topic: 't', columns: [] } } });
    const rate = { name: 'rate', from: { rate: { rowsPerSecond: 1 } } };
    await create(rate, { startingOffsets: 'latest' } as never);
    await once();
    const refusal = async (name: string) => {
      const [each] = await said(name);
      return each.kind === 'refused' ? [each.error.status, each.error.field, each.error.rule] : [];
    };
    expect((await refusal('by_user'))[0]).toBe(400);
    expect(await refusal('files')).toEqual([400, 'outputMode', 'files_need_append']);
    expect(await refusal('kafka')).toEqual([400, 'sink', 'no_kafka']);
    expect(await refusal('from')).toEqual([400, 'from.kafka', 'no_kafka']);
    expect(await refusal('rate')).toEqual([400, 'startingOffsets', 'outside_from_the_first']);
  });

  it('that came with the service is stopped and goes on by the setting, and stays away once dropped', async () => {
    await once({ builtIn: [BY_USER] });
    await once({ builtIn: [] });
    await once({ builtIn: [BY_USER] });
    expect(await kinds('by_user')).toEqual(['created', 'stopped', 'started']);
    await command({ kind: 'drop', name: 'by_user' });
    await once({ builtIn: [BY_USER] });
    await once({ builtIn: [BY_USER] });
    expect(await kinds('by_user')).toEqual(['created', 'stopped', 'started', 'dropped']);
  });
});

describe('a trigger', () => {
  const timestamps = async (name: string) =>
    (await said(name)).flatMap((each) =>
      each.kind === 'progress' ? [Date.parse(each.progress.timestamp)] : [],
    );

  it('of a processing time comes at multiples of it, and leaves out what was missed', () => {
    const clock = new TriggerClock({ processingTime: '5 seconds' });
    expect(clock.isDue(1_001_234)).toBe(true);
    clock.fire(1_001_234);
    expect(clock.dueAtMs).toBe(1_005_000);
    expect([clock.isDue(1_004_999), clock.isDue(1_005_000)]).toEqual([false, true]);
    clock.fire(1_005_000);
    clock.ended(1_017_001);
    expect(clock.dueAtMs).toBe(1_020_000);
  });

  it('of a processing time takes nothing in between', async () => {
    await create({ ...BY_USER, trigger: { processingTime: '1 day' } });
    await once();
    await append(samples([['a', 0]]));
    const ingest = await start();
    for (let i = 0; i < 50; i++) await new Promise((resolve) => setImmediate(resolve));
    await ingest.stop();
    expect((await timestamps('by_user')).length).toBe(1);
    expect(await table('by_user')).toEqual([['a', 1, 0]]);
  });

  it.each([{ once: true }, { availableNow: true }] as const)(
    'of %o takes what there is and finishes',
    async (trigger) => {
      await append(...RECORDS);
      await create({ ...BY_USER, trigger });
      await once();
      await append(samples([['a', 0]]));
      await once();
      expect(await kinds('by_user')).toEqual(['created', 'stopped']);
      expect((await said('by_user')).at(-1)).toMatchObject({ kind: 'stopped', reason: 'finished' });
      expect((await table('by_user')).reduce((sum, [, count]) => sum + Number(count), 0)).toBe(2000);
      await command({ kind: 'restart', name: 'by_user' });
      await once();
      expect((await table('by_user')).reduce((sum, [, count]) => sum + Number(count), 0)).toBe(2001);
    },
  );
});

describe('a static table', () => {
  const JOINED: ReportSpec = {
    name: 'joined',
    from: 'samples',
    join: { static: 'historicalAgg', on: ['gt', 'Model'], type: 'left' },
    groupBy: { columns: ['gt', 'Model'] },
    aggregate: [{ fn: 'count' }, { fn: 'max', column: 'historical_x', as: 'historical_x' }],
    outputMode: 'update',
  };

  /** Files are read meanwhile, which takes the time that it takes. */
  const until = async (name: string, batches: number): Promise<void> => {
    const ingest = await start({ builtIn: [JOINED] });
    while ((await said(name)).filter(({ kind }) => kind === 'progress').length < batches)
      await new Promise((resolve) => setImmediate(resolve));
    await ingest.stop();
  };

  it('that is not there shows nulls with a notice how it is made, and rows once it is', async () => {
    await append(samples([['a', 0]]));
    await until('joined', 1);
    expect(await table('joined')).toEqual([['walk', 'gear', 1, null]]);
    const notices = async () =>
      (await said('joined')).flatMap((each) => (each.kind === 'notice' ? [each.message] : []));
    expect((await notices())[0]).toContain('hark reports static historicalAgg FILES…');
    const row = {
      gt: 'walk',
      Model: 'gear',
      historical_count: 7,
      historical_x: 0.5,
      historical_y: 1,
      historical_z: 9,
    };
    writeFileSync(join(folder, 'historicalAgg.json'), `${JSON.stringify(row)}\n`);
    await until('joined', 2);
    expect(await table('joined')).toEqual([['walk', 'gear', 1, 0.5]]);
    expect((await notices()).at(-1)).toBeNull();
  });
});

describe('a source outside the log', () => {
  const columns = [
    { name: 'User', type: 'string' },
    { name: 'x', type: 'double' },
  ] as const;
  const filesIn = (path: string, more: object = {}): ReportSpec => ({
    ...BY_USER,
    name: path,
    from: { files: { path, format: 'json', columns, ...more } },
  });
  const put = (path: string, rows: readonly (readonly [string, number])[]): void => {
    mkdirSync(join(folder, dirname(path)), { recursive: true });
    const lines = rows.map(([User, x]) => `${JSON.stringify({ User, x })}\n`);
    writeFileSync(join(folder, path), lines.join(''));
  };
  /** Files are read by threads, which take the time that they take. */
  const until = async (
    options: Options,
    met: (ingest: Awaited<ReturnType<typeof start>>) => boolean | Promise<boolean>,
  ) => {
    const ingest = await start(options);
    for (let i = 0; i < 20_000 && !(await met(ingest)); i++)
      await new Promise((resolve) => setImmediate(resolve));
    await ingest.stop();
    return ingest;
  };
  const sumOf = async (name: string) =>
    (await table(name)).reduce((sum, [, count]) => sum + Number(count), 0);

  it('of files gives the rows of each file once, also of one that comes later, and of no other report', async () => {
    put('in/1.json', [['a', 1]]);
    put('other/1.json', [['z', 1]]);
    const builtIn = [filesIn('in'), filesIn('other')];
    await until({ builtIn }, async () => (await sumOf('in')) === 1 && (await sumOf('other')) === 1);
    put('in/2.json', [
      ['a', 2],
      ['b', 3],
    ]);
    await until({ builtIn }, async () => (await sumOf('in')) === 3);
    expect(await table('in')).toEqual([
      ['a', 2, 3],
      ['b', 1, 3],
    ]);
    expect(await table('other')).toEqual([['z', 1, 1]]);
  });

  it.each(['before', 'after'] as const)(
    'ends with the same rows whichever commit ingest dies at, %s the commit took effect',
    async (when) => {
      const builtIn = [filesIn('in', { maxFilesPerTrigger: 1 })];
      for (let i = 0; i < 4; i++)
        put(`in/${i}.json`, [
          ['a', i],
          ['bcd'[i % 3], 10 * i],
        ]);
      const whole = await until({ builtIn }, async () => (await sumOf('in')) === 8);
      const expected = await table('in');
      for (let commit = 1; commit <= whole.commits(); commit++) {
        log = new MemoryLog({ now: () => 0 });
        gateway = await log.writer('gateway');
        const crashAt = { commit, when };
        await until(
          { builtIn, crashAt },
          async (ingest) => ingest.failure() !== null || (await sumOf('in')) === 8,
        );
        await until({ builtIn }, async () => (await sumOf('in')) === 8);
        expect(await table('in'), `died at ${commit}`).toEqual(expected);
      }
    },
    60_000,
  );

  it('of a rate goes on where it was, with the rows of the time in between', async () => {
    const rate: ReportSpec = {
      name: 'rate',
      from: { rate: { rowsPerSecond: 10 } },
      trigger: { processingTime: '1 second' },
      aggregate: [{ fn: 'count' }, { fn: 'max', column: 'value' }, { fn: 'min', column: 'timestamp' }],
      outputMode: 'update',
    };
    const result = async () => (await table('rate')).at(-1) ?? [0];
    await until({ builtIn: [rate] }, async () => Number((await result())[0]) > 0);
    const [before] = await result();
    nowMs += 3_600_000;
    await until({ builtIn: [rate] }, async () => Number((await result())[0]) >= 36_000);
    const [count, last, first] = await result();
    expect(Number(count)).toBeGreaterThanOrEqual(Number(before) + 36_000);
    expect([last, first]).toEqual([Number(count) - 1, '1970-01-01T00:16:40.000000000Z']);
  });

  it('is all taken by the one trigger of a report that has one', async () => {
    for (let i = 0; i < 3; i++) put(`in/${i}.json`, [['a', i]]);
    const spec = { ...filesIn('in', { maxFilesPerTrigger: 1 }), trigger: { availableNow: true } as const };
    await until({ builtIn: [spec] }, async () => (await kinds('in')).includes('stopped'));
    expect(await table('in')).toEqual([['a', 3, 3]]);
  });

  it('that is not there is waited for, and what is waited for is said', async () => {
    const builtIn = [filesIn('in')];
    const notices = async () =>
      (await said('in')).flatMap((each) => (each.kind === 'notice' ? [each.message] : []));
    await until({ builtIn }, async () => (await notices()).length === 1);
    put('in/1.json', [['a', 1]]);
    await until({ builtIn }, async () => (await sumOf('in')) === 1);
    expect(await notices()).toEqual([`The folder ${join(folder, 'in')} is not there.`, null]);
  });

  it('that can not be read stops its report alone', async () => {
    put('in/1.json', [['a', 1]]);
    put('bad/1.parquet', [['a', 1]]);
    const builtIn = [filesIn('bad', { format: 'parquet' }), filesIn('in')];
    await until({ builtIn }, async () => (await sumOf('in')) === 1 && (await kinds('bad')).length > 1);
    expect((await said('bad')).at(-1)).toMatchObject({ kind: 'failed', error: { code: 'table_file' } });
  });
});
