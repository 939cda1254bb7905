import { describe, expect, it } from 'vitest';
import { fillGaussian } from './gaussian.js';
import { Xoshiro128 } from './xoshiro128.js';

/** xoshiro128** in 64-bit integers, word for word as in the authors' C code. */
function* oracle(seed: number): Generator<number> {
  const mask = 0xffffffffn;
  const rotl = (x: bigint, k: bigint) => ((x << k) | (x >> (32n - k))) & mask;
  let state = BigInt(seed);
  const s = [0n, 0n, 0n, 0n].map(() => {
    state = (state + 0x9e3779b9n) & mask;
    let z = state;
    z = ((z ^ (z >> 16n)) * 0x85ebca6bn) & mask;
    z = ((z ^ (z >> 13n)) * 0xc2b2ae35n) & mask;
    return z ^ (z >> 16n);
  });
  for (;;) {
    yield Number((rotl((s[1] * 5n) & mask, 7n) * 9n) & mask);
    const t = (s[1] << 9n) & mask;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotl(s[3], 11n);
  }
}

describe('Xoshiro128', () => {
  it('equals the reference algorithm in big integers', () => {
    for (const seed of [0, 1, 42, 4_294_967_295]) {
      const random = new Xoshiro128(seed);
      const expected = oracle(seed);
      for (let i = 0; i < 1000; i++) expect(random.nextUint32()).toBe(expected.next().value);
    }
  });

  it('gives uniform numbers in [0, 1) with mean a half', () => {
    const random = new Xoshiro128(7);
    let sum = 0;
    for (let i = 0; i < 10_000; i++) {
      const value = random.nextUniform();
      expect(value >= 0 && value < 1).toBe(true);
      sum += value;
    }
    expect(sum / 10_000).toBeCloseTo(0.5, 2);
  });
});

describe('fillGaussian', () => {
  it('has mean 0, variance 1 and no kurtosis in excess', () => {
    const values = new Float64Array(40_001);
    fillGaussian(values, new Xoshiro128(3));
    const moment = (k: number) =>
      values.reduce(
        (sum, v) =>
          sum +
          Array<number>(k)
            .fill(v)
            .reduce((a, b) => a * b, 1),
        0,
      ) / values.length;
    expect(moment(1)).toBeCloseTo(0, 1);
    expect(moment(2)).toBeCloseTo(1, 1);
    expect(Math.abs(moment(4) - 3)).toBeLessThan(0.15);
    expect(values.every(Number.isFinite)).toBe(true);
  });
});
