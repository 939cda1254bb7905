import { TOPICS, type ReportRecord } from '@hark/contracts';
import { LogAwayError, MemoryLog } from '@hark/streaming';
import { KafkaRefusalError, type DeliveredMessage } from '@hark/streaming/adapters';
import { beforeEach, describe, expect, it } from 'vitest';
import type { BookedReport } from '../report-book.js';
import { reportRecord } from '../report-ledger.js';
import type { KafkaSinkOptions } from './kafka-sink.js';
import { KafkaSinks } from './kafka-sinks.js';

type Delivery = KafkaSinkOptions['delivery'];

/** A cluster that keeps transactions, and dies at some of them. */
class Cluster {
  readonly topics = new Map<string, DeliveredMessage[]>();
  private readonly positions = new Map<string, string>();
  private requests = 0;
  constructor(
    private readonly failAt: { readonly request: number; readonly when: 'before' | 'after' } | null,
  ) {}

  delivery(id: string): Delivery {
    return {
      begin: async () => this.positions.get(id) ?? null,
      stand: (position) => this.commit(() => void this.positions.set(id, position)),
      deliver: (topic, messages, position) =>
        this.commit(() => {
          this.positions.set(id, position);
          this.topics.set(topic, [...this.of(topic), ...messages]);
        }),
      close: () => Promise.resolve(),
    };
  }

  of(topic: string): readonly DeliveredMessage[] {
    return this.topics.get(topic) ?? [];
  }

  private async commit(effect: () => void): Promise<void> {
    const fails = ++this.requests === this.failAt?.request;
    if (fails && this.failAt?.when === 'before') throw new LogAwayError('gone');
    effect();
    if (fails) throw new LogAwayError('gone');
  }
}

const created = (report: string, topic: string | null, kind: 'created' | 'replaced' = 'created') => ({
  ...{ kind, report, id: `id-${report}`, runner: '', statics: {}, builtIn: false, at: '', command: null },
  spec: {
    name: report,
    from: 'samples' as const,
    sink: topic === null ? ({ type: 'memory' } as const) : ({ type: 'kafka', topic } as const),
  },
});

const batch = (report: string, batchId: number, rows: (string | number)[][]): ReportRecord => ({
  ...{ kind: 'batch', report, runId: '', batchId, mode: 'update', rows },
  schema: [
    { name: 'User', type: 'string', key: true },
    { name: 'count', type: 'long', key: false },
  ],
});

let log: MemoryLog;
let said: ReportRecord[];

beforeEach(() => {
  log = new MemoryLog({ now: () => 0 });
  said = [];
});

async function say(...records: readonly ReportRecord[]): Promise<void> {
  const writer = await log.writer('ingest');
  said.push(...records);
  // A commit each: a sink that is slow takes several of them at once, one that is quick does not.
  for (const each of records)
    await writer.commit({
      appends: [{ topic: TOPICS.reports, partition: 0, records: [reportRecord(each.report, each)] }],
    });
}

/** Runs the sinks of the reports that the log tells of until they have come to its end. */
async function run(cluster: Pick<Cluster, 'delivery'>, only: readonly string[]): Promise<string[]> {
  const refused: string[] = [];
  const book = new Map<string, BookedReport>();
  for (const each of said)
    if (each.kind === 'created' || each.kind === 'replaced')
      book.set(each.report, { created: each, standstill: null });
  const sinks = new KafkaSinks({
    log,
    logger: { info: () => undefined, warn: () => undefined },
    sleep: () => new Promise((resolve) => setImmediate(resolve)),
    reports: () => [...book.values()].filter(({ created: { report } }) => only.includes(report)),
    delivery: (id) => cluster.delivery(id),
    onRefused: (report) => {
      refused.push(report);
      book.set(report, { ...book.get(report)!, standstill: 'failed' });
    },
  });
  const ending = new AbortController();
  const running = sinks.run(ending.signal);
  for (let i = 0; i < 60; i++) await new Promise((resolve) => setImmediate(resolve));
  ending.abort();
  await running;
  return refused;
}

const counts = (cluster: Cluster, topic: string): unknown[] =>
  cluster.of(topic).map(({ value }) => (JSON.parse(value) as { count: number }).count);

describe('the Kafka sink of a report', () => {
  it('puts out a message a row, the row as JSON, its key the columns that it is grouped by', async () => {
    const cluster = new Cluster(null);
    await say(created('a', 'out'), batch('a', 0, [['kim', 1]]), batch('b', 0, [['eve', 2]]));
    await run(cluster, ['a']);
    expect(cluster.of('out')).toEqual([{ key: '{"User":"kim"}', value: '{"User":"kim","count":1}' }]);
  });

  it.each(['before', 'after'] as const)(
    'delivers each row once and in order, whichever transaction fails, %s it took effect',
    async (when) => {
      for (let request = 1; request <= 5; request++) {
        log = new MemoryLog({ now: () => 0 });
        said = [];
        const cluster = new Cluster({ request, when });
        await say(
          created('a', 'out'),
          batch('a', 0, [
            ['kim', 0],
            ['eve', 1],
          ]),
        );
        await run(cluster, ['a']);
        await say(batch('a', 1, [['kim', 2]]));
        await run(cluster, ['a']);
        await say(batch('a', 2, [['kim', 3]]), batch('a', 3, []), batch('a', 4, [['kim', 4]]));
        await run(cluster, ['a']);
        expect(counts(cluster, 'out'), `failed at ${request}`).toEqual([0, 1, 2, 3, 4]);
      }
    },
  );

  it('follows a report to another topic, to none and back, and ends when it is dropped', async () => {
    const cluster = new Cluster(null);
    await say(
      ...[created('a', 'one'), batch('a', 0, [['kim', 0]])],
      ...[created('a', 'two', 'replaced'), batch('a', 1, [['kim', 1]])],
      ...[created('a', null, 'replaced'), batch('a', 2, [['kim', 2]])],
      ...[created('a', 'one', 'replaced'), batch('a', 3, [['kim', 3]])],
      { kind: 'dropped', report: 'a', at: '', command: 9 },
      batch('a', 4, [['kim', 4]]),
    );
    await run(cluster, ['a']);
    expect([counts(cluster, 'one'), counts(cluster, 'two')]).toEqual([[0, 3], [1]]);
  });

  it('goes on with what comes in a log that was put back from a copy', async () => {
    const cluster = new Cluster(null);
    await say(created('a', 'out'), batch('a', 0, [['kim', 0]]), batch('a', 1, [['kim', 1]]));
    await run(cluster, ['a']);
    log = new MemoryLog({ now: () => 0 });
    said = [];
    await say(created('a', 'out'));
    await run(cluster, ['a']);
    await say(batch('a', 0, [['kim', 7]]));
    await run(cluster, ['a']);
    expect(counts(cluster, 'out')).toEqual([0, 1, 7]);
  });

  it('begins with what is kept where the record by which the report was made is not any more', async () => {
    const cluster = new Cluster(null);
    await say(batch('a', 5, [['kim', 5]]), batch('a', 6, [['kim', 6]]));
    said = [created('a', 'out')];
    await run(cluster, ['a']);
    expect(counts(cluster, 'out')).toEqual([5, 6]);
  });

  it('that Kafka refuses stops its report alone, and goes on where it stood', async () => {
    const cluster = new Cluster(null);
    const strict = {
      delivery: (id: string): Delivery => ({
        ...cluster.delivery(id),
        deliver: (topic, messages, position) =>
          topic === 'secret'
            ? Promise.reject(new KafkaRefusalError('TOPIC_AUTHORIZATION_FAILED'))
            : cluster.delivery(id).deliver(topic, messages, position),
      }),
    };
    await say(
      created('a', 'secret'),
      created('b', 'out'),
      batch('a', 0, [['kim', 0]]),
      batch('b', 0, [['kim', 7]]),
    );
    expect(await run(strict, ['a', 'b'])).toEqual(['a']);
    expect(counts(cluster, 'out')).toEqual([7]);
    await say(batch('a', 1, [['kim', 1]]));
    expect(await run(cluster, ['a', 'b'])).toEqual([]);
    expect(counts(cluster, 'secret')).toEqual([0, 1]);
  });
});
