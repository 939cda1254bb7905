import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, inject, it } from 'vitest';
import { FencedError, type InputRange } from '../../log/log.js';
import { LmdbLog } from '../lmdb/lmdb-log.js';
import { copyLog } from './copy-log.js';
import { KafkaLog } from './kafka-log.js';
import { removeTopics } from './testing/remove-topics.js';

const brokers = inject('kafka');
const prefix = `copy-${process.pid}.`;
const folder = mkdtempSync(join(tmpdir(), 'hark-copy-'));
const owners = { ingest: ['samples', 'windows'], learner: ['predictions'] };

describe.skipIf(brokers === null)('a log copied to Kafka', () => {
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await removeTopics(brokers!, [prefix]);
  });

  it('has the records, their times, the steps and the states, also when the copy is begun twice', async () => {
    let now = 1000;
    const from = new LmdbLog({ dir: folder, owners, now: () => now });
    const ingest = await from.writer('ingest');
    const range = (step: number): InputRange => ({
      topic: 'samples',
      partition: 0,
      from: step,
      to: step + 1,
    });
    for (let step = 0; step < 5; step++) {
      now += 7;
      await ingest.commit({
        appends: [
          { topic: 'samples', partition: 0, records: [{ key: 'k', value: new Uint8Array([step]) }] },
          { topic: 'windows', partition: 0, records: [{ key: '', value: new Uint8Array([step, step]) }] },
        ],
        step: { runner: 'windower', inputs: [range(step)] },
        ...(step === 2 && { snapshot: new Uint8Array([42]) }),
      });
    }
    let stamped = 0;
    const to = await KafkaLog.open({
      brokers: [brokers!],
      prefix,
      owners,
      cacheBytes: 16 << 20,
      epoch: from.epoch,
      now: () => stamped,
    });
    try {
      const copy = () => copyLog({ owners, from, to, stamp: (time) => (stamped = time) });
      await copy();
      await copy();
      expect(to.epoch).toBe(from.epoch);
      for (const topic of ['samples', 'windows', 'predictions']) {
        const plain = async (log: LmdbLog | KafkaLog) =>
          (await log.read(topic, 0, 0, 1 << 20)).map((record) => ({ ...record, value: [...record.value] }));
        expect(await plain(to)).toEqual(await plain(from));
      }
      const state = await (await to.writer('ingest')).runnerState('windower');
      expect([...state.snapshot!.state]).toEqual([42]);
      expect(state).toMatchObject({ steps: 5, snapshot: { step: 3 }, replay: [[range(3)], [range(4)]] });
      await expect(ingest.commit({ appends: [] })).rejects.toBeInstanceOf(FencedError);
    } finally {
      await to.close();
      await from.close();
    }
  });
});
