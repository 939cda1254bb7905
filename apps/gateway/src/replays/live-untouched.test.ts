import { TOPICS } from '@hark/contracts';
import { MemoryArtifactStore, Runner, Windower } from '@hark/streaming';
import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { ask, startGateway } from '../testing/gateway-harness.js';
import { ManualClock } from '../testing/manual-clock.js';
import { meanFeatures } from '../testing/mean-features.js';
import { RECORDED_FROM, recordedSession } from '../testing/recorded-session.js';
import { samplesRecord, type TestRow } from '../testing/sample-records.js';

/** The service lives through another minute of samples, with some replays of the first beside it. */
async function live(replays: number): Promise<{ log: Record<string, string>; versions: string }> {
  const { log, artifacts, learner } = await recordedSession();
  const clock = new ManualClock(1_000_000);
  const gateway = await startGateway({ log, clock, artifacts });
  const ingest = await log.writer('ingest');
  const windower = new Runner({
    ...{ name: 'windower', log, artifacts: new MemoryArtifactStore(), writer: ingest },
    ...{ processor: new Windower({}, meanFeatures), inputs: [{ topic: TOPICS.samples, partition: 0 }] },
    ...{ maxStepBytes: 1 << 20, snapshotEveryBytes: 1 << 30, sleep: () => Promise.resolve() },
  });
  await windower.recover();
  while (!gateway.gateway.models.ready || (await gateway.gateway.lag())['sessions'] > 0) await clock.turn();
  const { sessions } = (await ask(`${gateway.url}/v1/sessions?user=a`)).body as unknown as {
    sessions: { id: string }[];
  };
  const ids: string[] = [];
  for (let i = 0; i < replays; i++) {
    const request = {
      session: sessions[0].id,
      speed: i === 0 ? 'max' : 4 * i,
      learn: true,
      model: (i % 4) + 1,
    };
    ids.push(
      (await ask(`${gateway.url}/v1/replays`, 'POST', { ...request, loop: i === 0 })).body.id as string,
    );
  }
  for (let second = 60; second < 120; second++) {
    const rows = Array.from({ length: 50 }, (_, i): TestRow => {
      const ns = BigInt(RECORDED_FROM + second * 1000 + i * 20) * 1_000_000n;
      return { ns, xyz: [second < 90 ? 5 : 0, 0, 9.8], gt: second < 90 ? 'walk' : 'sit' };
    });
    await ingest.commit({
      appends: [{ topic: TOPICS.samples, partition: 0, records: [{ key: '', value: samplesRecord(rows) }] }],
    });
    while (await windower.step());
    await learner.step();
    clock.advance(250);
    for (let turns = 0; turns < 5; turns++) await clock.turn();
  }
  if (replays > 0) {
    const views = await Promise.all(ids.map((id) => ask(`${gateway.url}/v1/replays/${id}`)));
    for (const { body } of views) expect(body.predictions).toBeGreaterThan(0);
  }
  const digest = (parts: Iterable<Uint8Array>) => {
    const hash = createHash('sha256');
    for (const part of parts) hash.update(part);
    return hash.digest('hex');
  };
  const digests: Record<string, string> = {};
  for (const topic of [TOPICS.predictions, TOPICS.models, TOPICS.alerts, TOPICS.commands, TOPICS.windows]) {
    digests[topic] = digest((await log.read(topic, 0, 0, 1 << 30)).map(({ value }) => value));
  }
  const versions = digest(artifacts.names.map((name) => artifacts.read(name) ?? new Uint8Array()));
  await gateway.close();
  return { log: digests, versions };
}

it('predictions, versions and alerts are the same to the bit beside five replays that learn', async () => {
  const alone = await live(0);
  expect(await live(5)).toEqual(alone);
});
