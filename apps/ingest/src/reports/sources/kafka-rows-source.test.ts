import { LogAwayError } from '@hark/streaming';
import { recordedRows, rowsOf } from '@hark/streaming/queries';
import { beforeEach, describe, expect, it } from 'vitest';
import { KafkaRowsSource, type KafkaState } from './kafka-rows-source.js';

const columns = [{ name: 'n', type: 'long' }] as const;

/** A topic of two partitions of which a read gives two messages; offset 2 of each is a marker. */
let topic: (string | null)[][];
let earliest: number;
let away: boolean;
let nowMs: number;

beforeEach(() => {
  topic = [
    ['{"n":1}', '{"n":2}', null, '{"n":3}'],
    ['{"n":10}', 'no row', null],
  ];
  earliest = 0;
  away = false;
  nowMs = 0;
});

const reader = {
  extent: async () => {
    if (away) throw new LogAwayError('gone');
    return topic.map((values, partition) => ({ partition, from: earliest, to: values.length }));
  },
  read: async (_topic: string, partition: number, from: number) => {
    if (away) throw new LogAwayError('gone');
    const next = Math.min(from + 2, topic[partition].length);
    const values = topic[partition].slice(from, next).filter((_, i) => from + i !== 2);
    return { values, next };
  },
};

const source = (state: object | null = null, isSingle = false) =>
  new KafkaRowsSource(
    { topic: 't', columns },
    { reader, now: () => nowMs, isSingle },
    state as KafkaState | null,
  );

async function ready(of: KafkaRowsSource): Promise<boolean> {
  nowMs += 1000;
  if (of.isReady) return true;
  await new Promise((resolve) => setImmediate(resolve));
  return of.isReady;
}

/** What one trigger takes, and the state after each of its pieces. */
async function triggered(of: KafkaRowsSource) {
  const numbers: unknown[] = [];
  const states: object[] = [];
  expect(await ready(of)).toBe(true);
  await of.begin();
  for (let piece = await of.next(); piece !== null; piece = await of.next()) {
    numbers.push(...rowsOf(recordedRows(columns).rows(piece)!).map(([n]) => n));
    states.push(JSON.parse(JSON.stringify(piece.state)) as object);
  }
  return { numbers, states };
}

describe('a topic as a source', () => {
  it('gives what stands in it when the trigger begins, and later what has come since', async () => {
    const rows = source();
    expect((await triggered(rows)).numbers).toEqual([1, 2, 3, 10, null]);
    topic[1].push('{"n":11}');
    expect((await triggered(rows)).numbers).toEqual([11]);
    expect((await triggered(rows)).numbers).toEqual([]);
  });

  it('goes on behind each piece as if nothing had happened', async () => {
    const { states } = await triggered(source());
    const rests = [];
    for (const state of states) rests.push((await triggered(source(state))).numbers);
    expect(rests).toEqual([[3, 10, null], [10, null], []]);
  });

  it('passes over what the topic does not keep any more', async () => {
    earliest = 1;
    expect((await triggered(source({ next: { 0: 3 } }))).numbers).toEqual([3, null]);
  });

  it('lets no trigger begin while Kafka is away, and none fail that comes again', async () => {
    const rows = source();
    away = true;
    expect(await ready(rows)).toBe(false);
    expect(rows.waitsFor).toBe('The topic t can not be read: gone');
    away = false;
    expect(await ready(rows)).toBe(true);
    expect(rows.waitsFor).toBeNull();
    await rows.begin();
    await rows.next();
    away = true;
    expect(await rows.next()).toBeNull();
    away = false;
    expect((await triggered(rows)).numbers).toEqual([3, 10, null]);
  });

  it('fails with Kafka away where there is no other trigger', async () => {
    const rows = source(null, true);
    await ready(rows);
    await rows.begin();
    away = true;
    await expect(rows.next()).rejects.toThrow(LogAwayError);
  });
});
