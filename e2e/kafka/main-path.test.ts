import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { Service, hark } from '../harness.js';
import { answer, recordedPredictions, type RecordedPredictions } from '../recorded-predictions.js';

const brokers = inject('kafka');

describe.skipIf(brokers === null)('three apps on Kafka', () => {
  let recorded: RecordedPredictions;
  let service: Service;

  beforeAll(async () => {
    recorded = await recordedPredictions(4, 3);
    service = await Service.start({
      HARK_KAFKA_BROKERS: brokers!,
      HARK_KAFKA_PREFIX: `main-path-${process.pid}.`,
    });
  });
  afterAll(async () => {
    await service?.stop();
    recorded?.remove();
  });

  it('answer a recording as the evaluation without a log does, bit for bit', async () => {
    const urls = ['--url', service.url('ingest'), '--learner-url', service.url('learner')];
    const imported = await hark(['import', recorded.recording, '--wait', ...urls]);
    expect(imported.code, imported.stderr).toBe(0);
    const live = await service.predictions(recorded.expected.length);
    expect(live.map(answer)).toEqual(recorded.expected.map(answer));
  });

  it('find everything again after they have ended', async () => {
    for (const app of ['ingest', 'learner', 'gateway'] as const) {
      expect(await service.terminate(app)).toBe(0);
      await service.startApp(app);
    }
    const live = await service.predictions(recorded.expected.length);
    expect(live.map(answer)).toEqual(recorded.expected.map(answer));
  });

  it('leave no log in the data folder', async () => {
    const { readdirSync } = await import('node:fs');
    expect(readdirSync(service.data).sort()).toEqual(['artifacts', 'run']);
  });
});
