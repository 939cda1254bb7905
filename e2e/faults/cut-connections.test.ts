import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Service, hark } from '../harness.js';
import { answer, recordedPredictions, type RecordedPredictions } from '../recorded-predictions.js';
import { CuttingProxy } from './cutting-proxy.js';

describe('an import over a line that is cut again and again', () => {
  let recorded: RecordedPredictions;
  let service: Service;
  let proxy: CuttingProxy;

  beforeAll(async () => {
    recorded = await recordedPredictions(3, 5);
  }, 120_000);
  afterAll(() => recorded?.remove());
  afterEach(async () => {
    proxy?.close();
    await service?.stop();
  });

  it('in requests, before answers and within them, changes no prediction and doubles none', async () => {
    service = await Service.start();
    proxy = await CuttingProxy.before(service.url('ingest'));
    const urls = ['--url', proxy.url, '--learner-url', service.url('learner')];
    const imported = await hark(['import', recorded.recording, '--wait', ...urls]);
    expect(imported.code, imported.stderr).toBe(0);
    expect(proxy.cuts).toBeGreaterThan(5);
    const live = await service.predictions(recorded.expected.length);
    expect(live.map(answer)).toEqual(recorded.expected.map(answer));
  }, 180_000);
});
