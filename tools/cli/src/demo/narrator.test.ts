import type { Alert, LivePrediction, ModelEvent, VersionManifest } from '@hark/contracts';
import { beforeEach, describe, expect, it } from 'vitest';
import { Narrator } from './narrator.js';

let lines: string[];
let narrator: Narrator;
beforeEach(() => {
  lines = [];
  narrator = new Narrator(
    (line) => lines.push(line),
    () => 7.4,
    'http://127.0.0.1:3000',
  );
});

const prediction = (fields: Partial<LivePrediction>): LivePrediction =>
  ({
    ...{ user: 'a', device: 'p', activity: 'walk', state: 'ok', reason: null },
    ...{ final: true, label: 'walk', modelVersion: 3 },
    ...fields,
  }) as LivePrediction;

const alert = (stage: Alert['data']['stage'], fields: Partial<Alert['data']> = {}): Alert =>
  ({
    type: 'hark.drift',
    data: {
      ...{
        signal: 'error',
        stage,
        before: 0.02,
        after: 0.3,
        scope: { users: [], devices: ['p', 'q'], classes: [] },
      },
      rollback: { method: 'POST', path: '/v1/models/2/rollback' },
      ...fields,
    },
  }) as unknown as Alert;

describe('Narrator', () => {
  it('tells the first prediction that says something, and why when it has no answer', () => {
    narrator.prediction(prediction({ state: 'unknown', reason: 'no_data', final: false }));
    narrator.prediction(prediction({ state: 'cold', reason: 'model_cold', final: false }));
    narrator.prediction(prediction({}));
    expect(lines).toEqual(['   7 s  first prediction: a/p: cold (model_cold)']);
  });

  it('reports the accuracy of labelled final windows since the last report, cold ones apart', () => {
    narrator.prediction(prediction({ state: 'cold', reason: 'model_cold', activity: 'unknown' }));
    narrator.prediction(prediction({}));
    narrator.prediction(prediction({ activity: 'sit' }));
    narrator.prediction(prediction({ activity: 'sit', final: false }));
    narrator.prediction(prediction({ activity: 'sit', label: null }));
    lines.length = 0;
    narrator.report();
    narrator.report();
    expect(lines).toEqual([
      '   7 s  windows that came before anything was learned: 1 (model_cold)',
      '   7 s  accuracy 50.0 % of the last 2 windows, model v3',
    ]);
  });

  it('announces drift with a rollback to paste', () => {
    narrator.alert(alert('warning'));
    narrator.alert({ type: 'hark.device', data: { stage: 'silent' } } as unknown as Alert);
    narrator.alert(alert('drift'));
    expect(lines[0]).toBe('   7 s  drift warning: error 2.0 % before, 30.0 % now, at p, q');
    expect(lines[1]).toBe('   7 s  DRIFT: error 2.0 % before, 30.0 % now, at p, q');
    expect(lines[3]).toContain(
      `curl -X POST http://127.0.0.1:3000/v1/models/2/rollback -H 'content-type: application/json' -d '{"reason":"demo"}'`,
    );
  });

  it('says of turned devices what was noticed, and of errors only where windows were missed', () => {
    for (const after of [0, 0.3]) {
      narrator.alert(alert('warning', { signal: 'orientation', after }));
      narrator.alert(alert('drift', { signal: 'orientation', after }));
    }
    const told = lines.filter((line) => line.includes('7 s  TURNED'));
    expect(told).toEqual([
      '   7 s  TURNED: p, q worn another way, answers are corrected',
      '   7 s  TURNED: p, q worn another way, answers are corrected; 30.0 % of the windows were missed until then',
    ]);
    expect(lines.filter((line) => line.includes('/v1/models/2/rollback'))).toHaveLength(2);
    expect(lines).toHaveLength(6);
  });

  it('tells a rollback with the way forward again, and versions made on drift but not by count', () => {
    const created = (cause: VersionManifest['cause']): ModelEvent =>
      ({ kind: 'created', manifest: { version: 4, cause, windowsLearned: 900 } }) as unknown as ModelEvent;
    narrator.model(created('count'));
    expect(lines).toEqual([]);
    narrator.model(created('drift'));
    narrator.model({ kind: 'activated', from: 4, to: 2 } as unknown as ModelEvent);
    expect(lines[0]).toBe('   7 s  model v4 made (drift) after 900 windows learned');
    expect(lines[1]).toBe('   7 s  rolled back: v2 answers from here on instead of v4');
    expect(lines[3]).toContain('/v1/models/4/rollback');
  });
});
