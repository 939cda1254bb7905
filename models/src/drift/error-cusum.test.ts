import { describe, expect, it } from 'vitest';
import { Xoshiro128 } from '../random/xoshiro128.js';
import { ErrorCusum } from './error-cusum.js';
import { QuietErrors } from './quiet-errors.js';

/** Errors at a rate, of which each is followed by another with more probability the more they persist. */
function errorsInRuns(
  seed: number,
  rateAt: (i: number) => number,
  persistence: number,
): (i: number) => 0 | 1 {
  const random = new Xoshiro128(seed);
  let previous = 0;
  return (i) => {
    const probability = persistence * previous + (1 - persistence) * rateAt(i);
    previous = random.nextUniform() < probability ? 1 : 0;
    return previous as 0 | 1;
  };
}

const DEVICE_LEVELS = { warningLevel: 7.5, driftLevel: 8.5 };

describe('the CUSUM of errors', () => {
  it.each([
    [0.03, 0],
    [0.03, 0.5],
    [0.1, 0.3],
    [0.2, 0.5],
  ])('calls drift less than once in 10,000 windows of error %d and persistence %d', (rate, persistence) => {
    const quiet = new QuietErrors();
    const devices = Array.from({ length: 20 }, (_, d) => ({
      errors: errorsInRuns(d + 1, () => rate, persistence),
      cusum: new ErrorCusum({ quiet, ...DEVICE_LEVELS }),
    }));
    let drifts = 0;
    for (let i = 0; i < 100_000; i++) {
      const { errors, cusum } = devices[i % 20];
      if (cusum.update(errors(i)) === 'drift') drifts++;
    }
    expect(drifts).toBeLessThan(10);
  });

  it.each([
    [0.2, 0.2, 0.8],
    [0.3, 0.3, 0.95],
    [0.5, 0.5, 0.95],
  ])(
    'finds an error risen from 0.03 to %d, persistence %d, within 100 windows %d of the time',
    (to, persistence, share) => {
      let found = 0;
      for (let run = 0; run < 100; run++) {
        const errors = errorsInRuns(run, (i) => (i < 2000 ? 0.03 : to), persistence);
        const cusum = new ErrorCusum(DEVICE_LEVELS);
        let signals = 0;
        for (let i = 0; i < 2100; i++) if (cusum.update(errors(i)) !== 'none' && i >= 2000) signals++;
        if (signals > 0) found++;
      }
      expect(found / 100).toBeGreaterThanOrEqual(share);
    },
  );

  it('says where the change began, and the rates on both sides', () => {
    const cusum = new ErrorCusum();
    for (let i = 0; i < 1000; i++) cusum.update(i % 20 === 0 ? 1 : 0);
    let since = 0;
    for (let signal = 'none'; signal !== 'drift'; since++) signal = cusum.update(since % 5 < 4 ? 1 : 0);
    const { statistic, threshold, before, after, since: found } = cusum.evidence!;
    expect(before).toBeCloseTo(0.05, 1);
    expect(after).toBeGreaterThan(0.75);
    expect(Math.abs(found - since)).toBeLessThanOrEqual(2);
    expect(threshold).toBe(10);
    expect(statistic).toBeGreaterThan(10);
  });

  it('takes the new rate for the usual one after a drift', () => {
    const cusum = new ErrorCusum();
    for (let i = 0; i < 1000; i++) cusum.update(0);
    expect(cusum.rate).toBe(0.025);
    for (let i = 0; cusum.update(i % 2) !== 'drift'; i++);
    expect(cusum.rate).toBeGreaterThan(0.25);
  });

  it('is silent about a falling error', () => {
    const errors = errorsInRuns(3, (i) => Math.max(0.03, 0.6 - i / 500), 0.3);
    const cusum = new ErrorCusum();
    for (let i = 0; i < 3000; i++) expect(cusum.update(errors(i))).not.toBe('drift');
  });
});

describe('quiet errors', () => {
  it('know how often errors come and how much they hang together', () => {
    const quiet = new QuietErrors();
    quiet.add(4000, 200, 200, 110);
    expect(quiet.rate).toBeCloseTo(0.05, 2);
    expect(quiet.persistence).toBeCloseTo(0.52, 2);
  });

  it('scale heights down where they climb higher than chance does', () => {
    const chance = new QuietErrors();
    expect(chance.scale).toBeCloseTo(1, 12);
    const bad = new QuietErrors();
    for (let i = 0; i < 100; i++) bad.addPeak((i % 10) + 1);
    expect(bad.scale).toBeLessThan(0.5);
    expect(bad.scale).toBeGreaterThanOrEqual(0.3);
  });
});
