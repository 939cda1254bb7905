import { describe, expect, it } from 'vitest';
import { Adwin } from './adwin.js';
import { Ddm } from './ddm.js';
import { describeDriftDetector } from './drift-detector.contract.js';
import type { DriftDetector } from './drift-detector.js';
import { Eddm } from './eddm.js';
import { HddmA } from './hddm-a.js';
import { HddmW } from './hddm-w.js';
import { Kswin } from './kswin.js';
import { PageHinkley } from './page-hinkley.js';
import {
  DEFAULT_DRIFT_DETECTOR,
  DRIFT_DETECTORS,
  driftDetectorByName,
  UnknownDriftDetectorError,
} from './registry.js';

for (const { name, create } of DRIFT_DETECTORS) describeDriftDetector(name, create);
describeDriftDetector('ADWIN that keeps the newer part', () => new Adwin({ restart: false }));
describeDriftDetector('HDDM_A, two-sided', () => new HddmA({ direction: 'both' }));
describeDriftDetector('HDDM_W, two-sided', () => new HddmW({ direction: 'both' }));
describeDriftDetector('Page-Hinkley, two-sided', () => new PageHinkley({ threshold: 20 }));
describeDriftDetector('KSWIN of 60 values', () => new Kswin({ alpha: 0.05, window: 60, recent: 20 }));

/** An error rate of 0.2, from 400 on 0.6, from 800 on 0.1; as in golden/drift.py. */
const stream = Array.from({ length: 1200 }, (_, i) =>
  (i * 7919) % 100 < (i < 400 ? 20 : i < 800 ? 60 : 10) ? 1 : 0,
);

function heard(detector: DriftDetector): { drifts: number[]; warnings: number; firstWarning: number } {
  const drifts: number[] = [];
  const warnings: number[] = [];
  for (const [i, value] of stream.entries()) {
    const signal = detector.update(value);
    if (signal === 'drift') drifts.push(i);
    if (signal === 'warning') warnings.push(i);
  }
  return { drifts, warnings: warnings.length, firstWarning: warnings[0] ?? -1 };
}

describe('detectors on one stream', () => {
  it.each<[string, DriftDetector, number[], number, number]>([
    ['DDM', new Ddm(), [444], 27, 417],
    ['EDDM', new Eddm(), [200, 400], 810, 148],
    ['Page-Hinkley', new PageHinkley(), [550, 924], 0, -1],
    [
      'Page-Hinkley for a rise',
      new PageHinkley({ direction: 'rise', threshold: 20, delta: 0.01 }),
      [455],
      0,
      -1,
    ],
    [
      'Page-Hinkley for a fall',
      new PageHinkley({ direction: 'fall', threshold: 20, delta: 0.01 }),
      [867],
      0,
      -1,
    ],
    ['HDDM_A', new HddmA(), [418], 5, 412],
    ['HDDM_A, two-sided', new HddmA({ direction: 'both' }), [418, 815], 10, 412],
    ['HDDM_W', new HddmW(), [434], 7, 418],
    ['HDDM_W, two-sided', new HddmW({ direction: 'both' }), [434, 824], 11, 418],
  ])('%s finds what River 0.26.1 finds', (_name, detector, drifts, warnings, firstWarning) => {
    expect(heard(detector)).toEqual({ drifts, warnings, firstWarning });
  });

  it('DDM says what it saw', () => {
    const ddm = new Ddm();
    for (let i = 0; i <= 444; i++) ddm.update(stream[i]);
    const { statistic, threshold, before, after } = ddm.evidence!;
    expect(statistic).toBeGreaterThan(threshold);
    expect(before).toBeCloseTo(0.2, 1);
    expect(after).toBeGreaterThan(0.25);
  });

  it('HDDM_A says where the change began, and the means on both sides', () => {
    const hddm = new HddmA();
    for (let i = 0; i <= 418; i++) hddm.update(stream[i]);
    const { before, after, since } = hddm.evidence!;
    expect(before).toBeCloseTo(0.2, 1);
    expect(after).toBeGreaterThan(0.6);
    expect(since).toBeGreaterThan(10);
    expect(since).toBeLessThan(40);
  });
});

describe('the registry', () => {
  it('knows nine detectors by name, the default first, each with a line of its own', () => {
    expect(DRIFT_DETECTORS.map(({ name }) => name)).toEqual([
      'cusum',
      'adwin',
      'adwin-two-sided',
      'ddm',
      'eddm',
      'page-hinkley',
      'hddm-a',
      'hddm-w',
      'kswin',
    ]);
    expect(DRIFT_DETECTORS[0].name).toBe(DEFAULT_DRIFT_DETECTOR);
    expect(new Set(DRIFT_DETECTORS.map(({ description }) => description)).size).toBe(9);
  });

  it('refuses a name it does not know with those it does', () => {
    expect(() => driftDetectorByName('cusums')).toThrow(UnknownDriftDetectorError);
    expect(() => driftDetectorByName('cusums')).toThrow(
      'no drift detector "cusums"; there are cusum, adwin,',
    );
  });

  it('gives every detector that watches an error a warning before or with the drift', () => {
    for (const factory of DRIFT_DETECTORS) {
      const { drifts, warnings } = heard(factory.create());
      expect([factory.name, drifts.length > 0 || warnings > 0]).toEqual([factory.name, true]);
    }
  });
});
