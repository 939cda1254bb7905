import { TOPICS } from '@hark/contracts';
import type { LogReader } from '@hark/streaming';
import { beforeAll, describe, expect, it } from 'vitest';
import { describeDifference } from './difference.js';
import { SmallService } from './testing/small-service.js';
import { verifyLog } from './verify-log.js';

const service = new SmallService();

/** The log with one record shown otherwise. */
function altered(topic: string, offset: number, change: (value: Uint8Array) => Uint8Array): LogReader {
  const log = Object.create(service.log) as LogReader;
  log.read = async (of, ...where) => {
    const records = await service.log.read(of, ...where);
    return of !== topic
      ? records
      : records.map((record) =>
          record.offset === offset ? { ...record, value: change(record.value) } : record,
        );
  };
  return log;
}

function flipped(value: Uint8Array): Uint8Array {
  // Not `slice`, which shares the bytes of a Buffer.
  const copy = Uint8Array.from(value);
  copy[copy.length - 3] ^= 1;
  return copy;
}

const verify = (
  log: LogReader = service.log,
  artifacts = service.artifacts as Pick<typeof service.artifacts, 'read'>,
) => {
  const { signal } = new AbortController();
  return verifyLog({ log, artifacts, environment: {}, onProgress: () => undefined, signal });
};

describe('a log executed again', () => {
  beforeAll(async () => {
    await service.run(() => service.send(0.4), 'killed');
    await service.run(async () => {
      await service.command(TOPICS.commands, { kind: 'snapshot' });
      await service.send(0.3);
    }, 'stopped');
    await service.run(
      async () => {
        await service.command(TOPICS.commands, {
          kind: 'rollback',
          to: 2,
          learning: 'continue',
          reason: null,
        });
        await service.send(1);
      },
      'killed',
      { HARK_VERSION_EVERY: '10' },
    );
  });

  it('comes out bit for bit after a kill, a stop, a rollback and a change of settings', async () => {
    const result = await verify();
    expect(result.difference).toBe(null);
    expect(result.predictions).toBe(await service.log.end(TOPICS.predictions, 0));
    expect(result.windows).toBe(await service.log.end(TOPICS.windows, 0));
    expect(result.modelEvents).toBe(await service.log.end(TOPICS.models, 0));
    expect(result.predictions).toBeGreaterThan(200);
    expect(result.artifacts).toBeGreaterThan(10);
    expect((await verify()).digest).toBe(result.digest);
  });

  it.each([TOPICS.windows, TOPICS.predictions, TOPICS.models])(
    'does not when one bit of a record of %s was flipped, and says which record',
    async (topic) => {
      const { same, difference } = await verify(altered(topic, 7, flipped));
      expect(same).toBe(false);
      expect(difference).toMatchObject({ topic, offset: 7 });
      expect(difference?.stored).not.toBe(difference?.computed);
    },
  );

  it('does not when a version holds other bytes, or is gone', async () => {
    const { artifacts } = service;
    const state = artifacts.names.find((name) => /^models\/v3\b.*\.state$/.test(name));
    const damaged = await verify(service.log, {
      read: (name) => (name === state ? flipped(artifacts.read(name)!) : artifacts.read(name)),
    });
    expect(damaged.difference).toMatchObject({ artifact: state, offset: null });
    const gone = await verify(service.log, {
      read: (name) => (name === state ? null : artifacts.read(name)),
    });
    expect(describeDifference(gone.difference!)).toMatch(/^models\/v3.* is not stored; it should be sha256:/);
  });

  it('does not when something is stored that no step has made', async () => {
    const writer = await service.log.writer('learner');
    const value = new TextEncoder().encode('{"forged":true}');
    await writer.commit({
      appends: [{ topic: TOPICS.predictions, partition: 0, records: [{ key: '', value }] }],
    });
    const { difference } = await verify();
    expect(describeDifference(difference!)).toMatch(
      /^predictions\/\d+ is stored and comes of nothing: \{"forged":true\}$/,
    );
  });
});

describe('a log that was trimmed', () => {
  const trimmed = new SmallService();
  const verifyIt = (log: LogReader = trimmed.log) => {
    const { signal } = new AbortController();
    return verifyLog({
      log,
      artifacts: trimmed.artifacts,
      environment: {},
      onProgress: () => undefined,
      signal,
    });
  };
  beforeAll(async () => {
    await trimmed.run(() => trimmed.send(0.5), 'stopped');
    await trimmed.run(() => trimmed.send(0.3), 'killed');
    const ingest = await trimmed.log.writer('ingest');
    await ingest.trimJournal('windower');
    await (await trimmed.log.writer('learner')).trimJournal('learner');
    for (const topic of [TOPICS.samples, TOPICS.windows])
      await ingest.trim(topic, 0, Math.min(...(await trimmed.log.needs(topic, 0)).values()));
  });

  it('is executed again from the states stored last, and says from where on', async () => {
    const { same, provenFrom, windows, predictions } = await verifyIt();
    expect(same).toBe(true);
    expect(windows).toBeGreaterThan(10);
    expect(predictions).toBeGreaterThan(10);
    expect(provenFrom).toMatchObject({
      windows: (await trimmed.log.end(TOPICS.windows, 0)) - windows,
      predictions: (await trimmed.log.end(TOPICS.predictions, 0)) - predictions,
    });
    expect(await trimmed.log.earliest(TOPICS.windows, 0)).toBeGreaterThan(0);
  });

  it('does not come out when one bit behind that was flipped', async () => {
    const offset = (await trimmed.log.end(TOPICS.predictions, 0)) - 2;
    const log = Object.assign(Object.create(trimmed.log) as LogReader, {
      read: async (of: string, ...where: [number, number, number]) =>
        (await trimmed.log.read(of, ...where)).map((record) =>
          of === TOPICS.predictions && record.offset === offset
            ? { ...record, value: flipped(record.value) }
            : record,
        ),
    });
    expect((await verifyIt(log)).difference).toMatchObject({ topic: TOPICS.predictions, offset });
  });

  it('is executed again from its first record where only what came out of it was trimmed', async () => {
    const outputs = new SmallService();
    await outputs.run(() => outputs.send(0.4), 'stopped');
    const learner = await outputs.log.writer('learner');
    await learner.trim(TOPICS.predictions, 0, 30);
    const { signal } = new AbortController();
    const { same, provenFrom, predictions } = await verifyLog({
      ...{ log: outputs.log, artifacts: outputs.artifacts, environment: {} },
      ...{ onProgress: () => undefined, signal },
    });
    expect(same).toBe(true);
    expect(provenFrom).toEqual({ predictions: 30 });
    expect(predictions).toBe((await outputs.log.end(TOPICS.predictions, 0)) - 30);
  });
});

it('says where two values begin to differ', () => {
  const long = 'x'.repeat(300);
  const at = { topic: 'predictions', offset: 4, artifact: null };
  expect(describeDifference({ ...at, stored: `${long}{"a":1}`, computed: `${long}{"a":2}` })).toBe(
    `predictions/4 is stored as …${'x'.repeat(35)}{"a":1}, and comes out as …${'x'.repeat(35)}{"a":2}`,
  );
});
