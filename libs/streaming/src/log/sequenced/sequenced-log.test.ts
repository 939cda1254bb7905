import { describe, expect, it } from 'vitest';
import { MemoryLog } from '../memory-log.js';
import { SequencedLog } from './sequenced-log.js';
import { Sequencer } from './sequencer.js';

const OWNERS = { ingest: ['samples', 'windows', 'samples-sequence', 'windows-sequence'] };
const TOPICS = ['samples', 'windows'];
const text = { encoder: new TextEncoder(), decoder: new TextDecoder() };

async function opened(log = new MemoryLog({ now: () => 5, owners: OWNERS })) {
  const writer = await log.writer('ingest');
  const sequencer = new Sequencer({
    ...{ log, writer, topics: TOPICS, partitions: 3 },
    sleep: () => Promise.resolve(),
  });
  await sequencer.recover();
  return {
    log,
    sequencer,
    sequenced: new SequencedLog(log, TOPICS),
    step: () => sequencer.step(new AbortController().signal),
    append: (topic: string, partition: number, ...values: string[]) =>
      writer.commit({
        appends: [
          {
            topic,
            partition,
            records: values.map((value) => ({ key: `k${value}`, value: text.encoder.encode(value) })),
          },
        ],
      }),
  };
}

async function all(log: SequencedLog, topic: string, from = 0, maxBytes = 1): Promise<string[]> {
  const values: string[] = [];
  for (let next = from; ;) {
    const records = await log.read(topic, 0, next, maxBytes);
    if (records.length === 0) return values;
    for (const { key, value, offset } of records) {
      expect(offset).toBe(next++);
      expect(key).toBe(`k${text.decoder.decode(value)}`);
      values.push(text.decoder.decode(value));
    }
  }
}

describe('a topic of several partitions, read as one', () => {
  it('has the records of all of them, each partition in its order, in the order they were put', async () => {
    const { append, step, sequenced } = await opened();
    await append('samples', 1, 'b0', 'b1');
    await step();
    await append('samples', 2, 'c0');
    await append('samples', 0, 'a0', 'a1');
    await append('windows', 1, 'w0');
    await step();
    await append('samples', 1, 'b2');
    await step();
    expect(await all(sequenced, 'samples')).toEqual(['b0', 'b1', 'a0', 'a1', 'c0', 'b2']);
    expect(await all(sequenced, 'samples', 3, 1000)).toEqual(['a1', 'c0', 'b2']);
    expect(await all(sequenced, 'windows')).toEqual(['w0']);
    expect(await sequenced.end('samples', 0)).toBe(6);
  });

  it('does not have yet what has not been put in order', async () => {
    const { append, step, sequenced, sequencer } = await opened();
    await append('samples', 1, 'b0');
    expect(await sequenced.read('samples', 0, 0, 100)).toEqual([]);
    expect(sequenced.lookUp('samples', 0, 0)).toBe(null);
    expect(await sequenced.end('samples', 0)).toBe(0);
    expect(await sequencer.lag()).toEqual([0, 1, 0]);
    expect(await step()).toBe(true);
    expect(await step()).toBe(false);
    expect(await sequencer.lag()).toEqual([0, 0, 0]);
    expect(await all(sequenced, 'samples')).toEqual(['b0']);
  });

  it('is one order for whoever reads it, at whatever place, and looks up', async () => {
    const { log, append, step } = await opened();
    const expected: string[] = [];
    for (let i = 0; i < 200; i++) {
      const partition = (i * 7) % 3;
      await append('samples', partition, `${i}`, `${i}+`);
      expected.push(`${i}`, `${i}+`);
      await step();
    }
    for (const from of [0, 399, 123, 200, 7]) {
      const other = new SequencedLog(log, TOPICS);
      expect(text.decoder.decode(other.lookUp('samples', 0, from)!.value)).toBe(expected[from]);
      expect(await all(other, 'samples', from, 10)).toEqual(expected.slice(from));
      expect(other.lookUp('samples', 0, 400)).toBe(null);
    }
  });

  it('goes on behind what stands when another takes the sequencer over', async () => {
    const first = await opened();
    await first.append('samples', 0, 'a0');
    await first.append('samples', 1, 'b0');
    await first.step();
    const second = await opened(first.log);
    await second.append('samples', 1, 'b1');
    await second.step();
    expect(await all(second.sequenced, 'samples')).toEqual(['a0', 'b0', 'b1']);
    await expect(first.append('samples', 1, 'b2')).rejects.toMatchObject({ code: 'fenced' });
  });

  it('tells how far a runner of several partitions is, as one', async () => {
    const { log, append, step } = await opened();
    await append('samples', 0, 'a0', 'a1', 'a2');
    await append('samples', 2, 'c0', 'c1');
    await step();
    const sequenced = new SequencedLog(log, TOPICS, [
      {
        ...{ app: 'ingest', runner: 'windower', partitions: 3 },
        position: (_, partition) => Promise.resolve([2, 0, 0][partition]),
      },
    ]);
    expect(await sequenced.position('ingest', 'windower', 'samples')).toBe(2);
    expect(await sequenced.position('learner', 'learner', 'windows')).toBe(null);
  });

  it('passes the other topics through', async () => {
    const { log, sequenced } = await opened(
      new MemoryLog({ now: () => 5, owners: { ...OWNERS, gateway: ['labels'] } }),
    );
    const gateway = await sequenced.writer('gateway');
    await gateway.commit({
      appends: [{ topic: 'labels', partition: 0, records: [{ key: '', value: text.encoder.encode('l') }] }],
    });
    expect(await sequenced.end('labels', 0)).toBe(1);
    expect(await sequenced.read('labels', 0, 0, 1)).toEqual(await log.read('labels', 0, 0, 1));
    expect(sequenced.orderOf('labels')).toBe('labels');
    expect(sequenced.orderOf('windows')).toBe('windows-sequence');
  });
});
