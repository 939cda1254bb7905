import { MemoryArtifactStore, MemoryLog, type Processor } from '@hark/streaming';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { Health } from './health.js';
import { RunnerHost } from './runner-host.js';

const COPYING: Processor = {
  process: () => undefined,
  snapshot: () => new Uint8Array(0),
  restore: () => undefined,
};

async function setUp(maxLagRecords?: number, partitions = 1) {
  const log = new MemoryLog({ now: () => 0 });
  const writer = await log.writer('ingest');
  const health = new Health();
  const host = new RunnerHost(
    {
      name: 'windower',
      log,
      writer,
      artifacts: new MemoryArtifactStore(),
      processor: COPYING,
      inputs: Array.from({ length: partitions }, (_, partition) => ({ topic: 'samples', partition })),
      maxStepBytes: 1024,
      snapshotEveryBytes: 1024,
      ...(maxLagRecords !== undefined && { maxLagRecords }),
    },
    { logger: pino({ level: 'silent' }), metrics: new Registry(), health },
  );
  await host.recover();
  const append = async (count: number, partition = 0) => {
    const records = Array.from({ length: count }, () => ({ key: '', value: new Uint8Array(1) }));
    await writer.commit({ appends: [{ topic: 'samples', partition, records }] });
  };
  return { host, health, append };
}

describe('RunnerHost', () => {
  it('is not ready while more records wait than the bound, and ready again when they are taken', async () => {
    const { host, health, append } = await setUp(3);
    await append(3);
    expect(await health.notReady()).toEqual({});
    await append(1);
    expect(await health.notReady()).toEqual({ windower: '4 records wait, more than 3' });
    const running = host.run();
    while ((await host.status()).lagRecords > 0) await new Promise(setImmediate);
    expect(await health.notReady()).toEqual({});
    await host.stop();
    await running;
  });

  it('may be behind by any number of records where no bound is given', async () => {
    const { health, append } = await setUp();
    await append(5000);
    expect(await health.notReady()).toEqual({});
  });

  it('tells where it stands in each partition of a topic', async () => {
    const { host, append } = await setUp(undefined, 2);
    await append(3, 0);
    await append(2, 1);
    const running = host.run();
    while ((await host.status()).lagRecords > 0) await new Promise(setImmediate);
    await host.stop();
    await running;
    await append(4, 1);
    expect(await host.status()).toEqual({
      records: 5,
      lagRecords: 4,
      inputs: [
        { topic: 'samples', partition: 0, position: 3, end: 3 },
        { topic: 'samples', partition: 1, position: 2, end: 6 },
      ],
    });
  });
});
