import { describe, expect, it } from 'vitest';
import { StateFormatError, StateReader, StateWriter } from '@hark/streaming';
import { Xoshiro128 } from '../random/xoshiro128.js';
import { ActivityFilter } from './activity-filter.js';
import { Inertia } from './inertia.js';

/** Windows whose class is kept with probability `keep`, seen through a classifier that is right in 0.7 of them. */
function learned(keep: number): number {
  const random = new Xoshiro128(4);
  const filter = new ActivityFilter();
  let truth = 0;
  for (let i = 0; i < 3000; i++) {
    if (random.nextUniform() >= keep) truth = random.nextUint32() % 3;
    const seen = random.nextUniform() < 0.7 ? truth : (truth + 1 + (random.nextUint32() % 2)) % 3;
    filter.posterior(
      'a',
      i * 1280,
      2560,
      true,
      Float64Array.from([0, 1, 2], (c) => (c === seen ? 0.7 : 0.15)),
    );
    filter.observe(truth);
  }
  return filter.inertia.stay;
}

describe('Inertia', () => {
  it('is 0.5 before anything was learned', () => {
    expect(new Inertia().stay).toBeCloseTo(0.5, 15);
    expect(new Inertia().over(2)).toBeCloseTo(0.25, 15);
  });

  it('learns how much windows have to do with those before them', () => {
    expect(learned(0)).toBeLessThan(0.15);
    expect(learned(0.6)).toBeGreaterThan(0.4);
    expect(learned(0.6)).toBeLessThan(0.8);
    expect(learned(0.99)).toBeGreaterThan(0.85);
  });

  it('descends along the gradient of the log loss', () => {
    const p = [Float64Array.of(0.7, 0.2, 0.1), Float64Array.of(0.3, 0.4, 0.3)];
    const lossAt = (logOdds: number) => {
      const inertia = new Inertia();
      inertia.read(new StateReader(new StateWriter('t', 1).f64(logOdds).finish(), 't', 1));
      const filter = new ActivityFilter(inertia);
      filter.posterior('a', 0, 2560, true, p[0]);
      const loss = -Math.log(filter.posterior('a', 1280, 2560, true, p[1])[0]);
      filter.observe(0);
      return { loss, after: Math.log(filter.inertia.stay / (1 - filter.inertia.stay)) };
    };
    const slope = (lossAt(0.2 + 1e-5).loss - lossAt(0.2 - 1e-5).loss) / 2e-5;
    expect(lossAt(0.2).after).toBeCloseTo(0.2 - 0.3 * slope, 8);
  });

  it('learns nothing from a first window, an unknown class, or the same answer twice', () => {
    const filter = new ActivityFilter();
    filter.posterior('a', 0, 2560, true, Float64Array.of(0.8, 0.2));
    filter.observe(0);
    expect(filter.inertia.stay).toBe(0.5);
    filter.posterior('a', 1280, 2560, true, Float64Array.of(0.8, 0.2));
    filter.observe(2);
    expect(filter.inertia.stay).toBe(0.5);
    filter.observe(0);
    const once = filter.inertia.stay;
    expect(once).toBeGreaterThan(0.5);
    filter.observe(0);
    expect(filter.inertia.stay).toBe(once);
  });

  it('refuses log odds out of bounds', () => {
    for (const damaged of [NaN, 5, -5]) {
      const state = new StateWriter('t', 1).f64(damaged).finish();
      expect(() => new Inertia().read(new StateReader(state, 't', 1))).toThrow(StateFormatError);
    }
  });
});
