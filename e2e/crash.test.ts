import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { APPS, Service, finished, hark, startHark, type WirePrediction } from './harness.js';

const folder = mkdtempSync(join(tmpdir(), 'hark-e2e-crash-'));
const recording = join(folder, 'rec');
/** Kills in all; `HARK_E2E_KILLS=20` for as many of each app as the main job asks for. */
const KILLS_OF_EACH = Number(process.env['HARK_E2E_KILLS'] ?? 2);

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
        for (let round = 0; round < KILLS_OF_EACH; round++) {
          const service = await Service.start();
          try {
            const urls = ['--url', service.url('ingest'), '--learner-url', service.url('learner')];
            const importing = finished(startHark(['import', recording, '--wait', ...urls]));
            // At another moment each round, all through the import.
            await sleep(150 + (round * 1500) / Math.max(1, KILLS_OF_EACH - 1 || 1));
            await service.kill(app);
            await service.startApp(app);
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
