import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StateReader } from '../../encoding/state-reader.js';
import { StateWriter } from '../../encoding/state-writer.js';
import { hash, hash64, hashNumber } from './hash64.js';
import { HyperLogLog } from './hyper-log-log.js';
import { TDigest } from './t-digest.js';

function counting(values: Iterable<number>): HyperLogLog {
  const sketch = new HyperLogLog();
  for (const value of values) {
    hashNumber(value);
    sketch.add(hash.hi, hash.lo);
  }
  return sketch;
}

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

describe('counting different values', () => {
  it('is exact up to 512, however often each comes', () => {
    expect(counting([]).estimate()).toBe(0);
    expect(counting([...range(0, 512), ...range(0, 512)]).estimate()).toBe(512);
  });

  it.each([513, 2_000, 20_000, 200_000])('is within a twentieth for %i', (n) => {
    expect(Math.abs(counting(range(0, n)).estimate() / n - 1)).toBeLessThan(0.05);
  });

  it('does not depend on the order, nor on what was counted apart and merged', () => {
    const whole = counting(range(0, 3000));
    const merged = counting(range(1000, 3000));
    merged.merge(counting(range(0, 200)));
    merged.merge(counting(range(200, 1500)));
    expect(merged.estimate()).toBe(whole.estimate());
    expect(counting(range(0, 3000).reverse()).estimate()).toBe(whole.estimate());
  });

  it('tells texts, numbers and 64-bit numbers apart', () => {
    const hashes = ['', 'a', 'b', 'ab', 'ba', 1, 2, -1, 0.5, 2n << 60n, (2n << 60n) + 1n].map((value) => {
      hash64(value);
      return `${hash.hi}/${hash.lo}`;
    });
    expect(new Set(hashes).size).toBe(hashes.length);
  });
});

const quantileOf = (values: readonly number[], q: number) => {
  const ascending = [...values].sort((a, b) => a - b);
  const rank = q * (values.length - 1);
  const low = Math.floor(rank);
  return ascending[low] + (ascending[Math.min(low + 1, values.length - 1)] - ascending[low]) * (rank - low);
};

function digestOf(values: Iterable<number>): TDigest {
  const digest = new TDigest();
  for (const value of values) digest.add(value);
  return digest;
}

describe('quantiles', () => {
  it('are exact and interpolated up to 512 values', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 512 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (values, q) => {
          expect(digestOf(values).quantile(q)).toBeCloseTo(quantileOf(values, q), 4);
        },
      ),
    );
    expect(new TDigest().quantile(0.5)).toBeNull();
  });

  it.each([0, 0.01, 0.25, 0.5, 0.9, 0.999, 1])(
    'of 50,000 values have nearly the rank that was asked, q = %d',
    (q) => {
      // Each of 0 to 49,999 once, in a scattered order: a value is its own rank.
      const scattered = range(0, 50_000).map((i) => (i * 31_337) % 50_000);
      const tolerance = 50_000 * (0.0002 + Math.sqrt(q * (1 - q)) * 0.032);
      expect(Math.abs(digestOf(scattered).quantile(q)! - q * 49_999)).toBeLessThan(tolerance);
      const merged = digestOf(scattered.slice(0, 20_000));
      merged.merge(digestOf(scattered.slice(20_000)));
      expect(Math.abs(merged.quantile(q)! - q * 49_999)).toBeLessThan(tolerance);
    },
  );

  it('are the same to the bit after a restart anywhere', () => {
    const values = range(0, 3000).map((i) => Math.sin(i) * 100);
    for (const cut of [0, 1, 511, 512, 513, 2000]) {
      const state = new StateWriter('digest', 1);
      digestOf(values.slice(0, cut)).write(state);
      const digest = TDigest.read(new StateReader(state.finish(), 'digest', 1));
      for (const value of values.slice(cut)) digest.add(value);
      expect(digest.quantile(0.3)).toBe(digestOf(values).quantile(0.3));
    }
  });
});
