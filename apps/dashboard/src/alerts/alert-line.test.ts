import type { HarkAlert } from '@hark/client/browser';
import { describe, expect, it } from 'vitest';
import { alertLine } from './alert-line.js';

const drift = (data: object): HarkAlert =>
  ({
    type: 'hark.drift',
    data: {
      ...{
        stage: 'drift',
        signal: 'error',
        detector: 'CUSUM',
        before: 0.03,
        after: 0.41,
        lastGoodVersion: 7,
      },
      ...{ scope: { users: ['a'], devices: ['p1', 'p2', 'p3'], classes: ['sit'] } },
      ...data,
    },
  }) as unknown as HarkAlert;

describe('an alert', () => {
  it('of drift says how much more is wrong, where, and what to go back to', () => {
    expect(alertLine(drift({}))).toEqual({
      weight: 'drift',
      title: 'Drift',
      detail: '3 % → 41 % wrong · p1, p2, p3 and 1 more · CUSUM',
      rollBackTo: 7,
      promote: null,
    });
  });

  it('of a recovery proposes nothing', () => {
    expect(alertLine(drift({ stage: 'recovered' }))).toMatchObject({ weight: 'good', rollBackTo: null });
  });

  it('of a better challenger proposes to promote it, unless that has happened', () => {
    const data = {
      challenger: 'lda',
      currentAccuracy: 0.9,
      challengerAccuracy: 0.95,
      windows: 1000,
      version: 8,
    };
    const challenger = (promoted: boolean): HarkAlert =>
      ({ type: 'hark.challenger', data: { ...data, promoted } }) as unknown as HarkAlert;
    expect(alertLine(challenger(false))).toMatchObject({
      detail: 'lda: 95.0 % against 90.0 % on 1\u202f000 windows',
      promote: 8,
    });
    expect(alertLine(challenger(true)).promote).toBeNull();
  });

  it.each([
    ['hark.device', { stage: 'silent', user: 'a', device: 'p' }, 'A device is silent', 'a · p'],
    [
      'hark.service',
      { stage: 'behind', app: 'learner', waitingRecords: 9 },
      'learner is behind',
      '9 records wait',
    ],
    [
      'hark.report',
      { stage: 'failed', report: 'stairs', message: 'full' },
      'A report has failed',
      'stairs: full',
    ],
  ])('%s is told in words', (type, data, title, detail) => {
    expect(alertLine({ type, data } as unknown as HarkAlert)).toMatchObject({ title, detail });
  });
});
