import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { APPS, Service, finished, hark, startHark, type WirePrediction } from './harness.js';

const folder = mkdtempSync(join(tmpdir(), 'hark-e2e-crash-'));
const recording = join(folder, 'rec');
/** `HARK_E2E_KILLS=20` kills more. */
const KILLS_OF_EACH = Number(process.env['HARK_E2E_KILLS'] ?? 3);

const answer = (p: WirePrediction) => [p.id, p.modelVersion, p.activity, p.probabilities, p.label, p.samples];

describe('kill -9 in the middle of an import', () => {
  let expected: WirePrediction[];

  beforeAll(async () => {
    const simulated = await hark([
      ...['simulate', '--users', '4', '--devices', '6', '--minutes', '4', '--speed', 'max', '--seed', '3'],
      ...['--faults', 'late,dup,skew', '--out', recording],
    ]);
    expect(simulated.code, simulated.stderr).toBe(0);
    const out = join(folder, 'predictions.ndjson');
    const evaluation = await hark(['evaluate', recording, '--predictions', out]);
    expect(evaluation.code, evaluation.stderr).toBe(0);
    expected = readFileSync(out, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as WirePrediction);
  }, 120_000);

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  for (const app of APPS) {
    it(
      `of the ${app}, ${KILLS_OF_EACH} times over, changes no prediction and doubles none`,
      async () => {
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
              await service.startApp(app);
            }
            const imported = await importing;
            expect(imported.code, imported.stderr).toBe(0);
            const live = await service.predictions(expected.length);
            expect(live.map(answer)).toEqual(expected.map(answer));
          } finally {
            await service.stop();
          }
        }
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
