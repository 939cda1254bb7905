import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { KafkaBroker } from '../../tools/kafka/src/kafka-broker.js';
import { APPS, Service, finished, startHark } from '../harness.js';
import { answer, recordedPredictions, type RecordedPredictions } from '../recorded-predictions.js';

const SAMPLES = '/v1/samples?sensor=accelerometer';

/** `HARK_E2E_KILLS=10` kills more. */
const KILLS = Number(process.env['HARK_E2E_KILLS'] ?? 2);

describe.skipIf(inject('kafka') === null)('kill -9 in the middle of an import on Kafka', () => {
  let recorded: RecordedPredictions;
  let broker: KafkaBroker;

  beforeAll(async () => {
    recorded = await recordedPredictions(8, 5);
    broker = await KafkaBroker.start();
  });
  afterAll(async () => {
    await broker?.stop();
    recorded?.remove();
  });

  let services = 0;
  const started = () =>
    Service.start({ HARK_KAFKA_BROKERS: broker.address, HARK_KAFKA_PREFIX: `faults-${services++}.` });

  /** Imports, and strikes so often in between; a new service and import until there were enough. */
  async function survives(strike: (service: Service) => Promise<void>): Promise<void> {
    let strikes = 0;
    while (strikes < KILLS) {
      const service = await started();
      try {
        const urls = ['--url', service.url('ingest'), '--learner-url', service.url('learner')];
        const child = startHark(['import', recorded.recording, '--wait', ...urls]);
        const importing = finished(child);
        while (strikes < KILLS) {
          await sleep(200 + ((strikes * 337) % 900));
          if (child.exitCode !== null) break;
          await strike(service);
          strikes++;
        }
        const imported = await importing;
        expect(imported.code, imported.stderr).toBe(0);
        const live = await service.predictions(recorded.expected.length);
        expect(live.map(answer)).toEqual(recorded.expected.map(answer));
      } finally {
        await service.stop();
      }
    }
  }

  for (const app of APPS)
    it(
      `of the ${app}, ${KILLS} times over, changes no prediction and doubles none`,
      () =>
        survives(async (service) => {
          await service.kill(app);
          await service.startApp(app);
        }),
      120_000 * KILLS,
    );

  it(
    `of the broker, ${KILLS} times over, changes no prediction and doubles none`,
    () =>
      survives(async (service) => {
        await broker.kill();
        await broker.restart();
        for (const app of APPS) await until(async () => (await ready(service, app)) === 200);
      }),
    120_000 * KILLS,
  );

  it('of the broker: the apps are not ready, devices get 503, and all goes on by itself', async () => {
    const service = await started();
    try {
      const row = (index: number) => ({
        Index: index,
        Arrival_Time: Date.now(),
        Creation_Time: String(1_424_686_733_090_638_193n + BigInt(index) * 10_000_000n),
        ...{ x: 1, y: 2, z: 3, User: 'a', Model: 'nexus4', Device: 'nexus4_1', gt: 'stand' },
      });
      expect((await service.post('ingest', SAMPLES, [row(0)])).status).toBe(200);
      await broker.kill();
      for (const app of APPS) await until(async () => (await ready(service, app)) === 503);
      await until(async () => {
        const answered = await Promise.race([service.post('ingest', SAMPLES, [row(1)]), sleep(1000)]);
        return answered !== undefined && answered.status === 503 && answered.body['code'] === 'log_away';
      });
      await broker.restart();
      for (const app of APPS) await until(async () => (await ready(service, app)) === 200);
      expect((await service.post('ingest', SAMPLES, [row(1)])).status).toBe(200);
    } finally {
      await service.stop();
    }
  }, 120_000);
});

async function ready(service: Service, app: (typeof APPS)[number]): Promise<number> {
  return (await fetch(service.url(app, '/health/ready'))).status;
}

async function until(met: () => Promise<boolean>): Promise<void> {
  for (let waited = 0; waited < 40_000; waited += 100) {
    if (await met()) return;
    await sleep(100);
  }
  throw new Error('not met in 40 s');
}
