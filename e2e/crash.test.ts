import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { APPS, Service, finished, hark, startHark } from './harness.js';
import { answer, recordedPredictions, type RecordedPredictions } from './recorded-predictions.js';

/** `HARK_E2E_KILLS=20` kills more. */
const KILLS_OF_EACH = Number(process.env['HARK_E2E_KILLS'] ?? 3);

describe('kill -9 in the middle of an import', () => {
  let recorded: RecordedPredictions;
  let recording: string;
  let expected: RecordedPredictions['expected'];

  beforeAll(async () => {
    recorded = await recordedPredictions(4, 3);
    ({ recording, expected } = recorded);
  }, 120_000);

  afterAll(() => recorded?.remove());

  for (const app of APPS) {
    it(
      `of the ${app}, ${KILLS_OF_EACH} times over, changes no prediction and doubles none`,
      async () => {
        const readyAfter: number[] = [];
        let kills = 0;
        // As many kills to an import as fall into it; a new service and import until there were enough.
        while (kills < KILLS_OF_EACH) {
          const service = await Service.start();
          try {
            const urls = ['--url', service.url('ingest'), '--learner-url', service.url('learner')];
            const child = startHark(['import', recording, '--wait', ...urls]);
            const importing = finished(child);
            while (kills < KILLS_OF_EACH) {
              // At other moments each time: no step takes as long as the range of these.
              await sleep(100 + ((kills * 337) % 900));
              if (child.exitCode !== null) break;
              await service.kill(app);
              kills++;
              const killed = performance.now();
              await service.startApp(app);
              readyAfter.push(performance.now() - killed);
            }
            const imported = await importing;
            expect(imported.code, imported.stderr).toBe(0);
            const live = await service.predictions(expected.length);
            expect(live.map(answer)).toEqual(expected.map(answer));
          } finally {
            await service.stop();
          }
        }
        readyAfter.sort((a, b) => a - b);
        const share = (part: number) => Math.round(readyAfter[Math.floor(part * (readyAfter.length - 1))]);
        console.log(`${app}: ${kills} kills, ready again after ${share(0.5)} ms, p99 ${share(0.99)} ms`);
      },
      60_000 * Math.max(1, KILLS_OF_EACH),
    );
  }

  it('of `hark import` itself leaves a recording that the same command completes', async () => {
    const service = await Service.start({ HARK_IDLE_TIMEOUT_MS: '100' });
    try {
      const urls = ['--url', service.url('ingest'), '--learner-url', service.url('learner')];
      const cut = startHark(['import', recording, '--wait', ...urls]);
      await sleep(700);
      cut.kill('SIGKILL');
      await sleep(500);
      const again = await hark(['import', recording, '--wait', ...urls]);
      expect(again.code, again.stderr).toBe(0);
      const live = await service.predictions(expected.length);
      expect(live.map(answer)).toEqual(expected.map(answer));
    } finally {
      await service.stop();
    }
  }, 60_000);
});
