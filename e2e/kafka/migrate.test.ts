import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { APPS, Service, hark } from '../harness.js';
import { answer, recordedPredictions, type RecordedPredictions } from '../recorded-predictions.js';

const brokers = inject('kafka');

describe.skipIf(brokers === null)('hark migrate', () => {
  const kafka = { HARK_KAFKA_BROKERS: brokers!, HARK_KAFKA_PREFIX: `migrated-${process.pid}.` };
  let recorded: RecordedPredictions;
  let before: Service;
  let after: Service;

  beforeAll(async () => {
    recorded = await recordedPredictions(2, 11);
    before = await Service.start();
    after = new Service(kafka);
  });
  afterAll(async () => {
    await before?.stop();
    await after?.stop();
    recorded?.remove();
  });

  it('moves a log to Kafka, where the apps go on with the same predictions', async () => {
    const urls = ['--url', before.url('ingest'), '--learner-url', before.url('learner')];
    const imported = await hark(['import', recorded.recording, '--wait', ...urls]);
    expect(imported.code, imported.stderr).toBe(0);
    for (const app of APPS) expect(await before.terminate(app)).toBe(0);

    const migrated = await hark(['migrate', '--data', before.data], kafka);
    expect(migrated.code, migrated.stderr).toBe(0);
    expect(existsSync(join(before.data, 'log'))).toBe(false);

    Object.assign(after, { data: before.data });
    for (const app of APPS) await after.startApp(app);
    const live = await after.predictions(recorded.expected.length);
    expect(live.map(answer)).toEqual(recorded.expected.map(answer));
    const again = await hark([
      ...['import', recorded.recording, '--wait', '--json'],
      ...['--url', after.url('ingest'), '--learner-url', after.url('learner')],
    ]);
    expect(again.code, again.stderr).toBe(0);
    expect(await after.predictions(recorded.expected.length)).toHaveLength(recorded.expected.length);
  });

  it('refuses a folder without a log, and asks for brokers', async () => {
    expect(await hark(['migrate', '--data', before.data], kafka)).toMatchObject({ code: 2 });
    expect((await hark(['migrate', '--data', before.data], { HARK_KAFKA_BROKERS: '' })).code).toBe(2);
  });
});
