import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Xoshiro128 } from '../random/xoshiro128.js';
import { kolmogorovSmirnov } from './kolmogorov-smirnov.js';
import { Kswin } from './kswin.js';

/** The greatest distance between the two shares of values up to a point, over all points. */
function naiveDistance(a: readonly number[], b: readonly number[]): number {
  const share = (values: readonly number[], point: number) =>
    values.filter((value) => value <= point).length / values.length;
  return Math.max(...[...a, ...b].map((point) => Math.abs(share(a, point) - share(b, point))));
}

/** KSWIN as the paper writes it down, with the draw as documented: test number t uses the generator of seed + t. */
function* naiveKswin(
  stream: Iterable<number>,
  { alpha, window, recent, seed }: { alpha: number; window: number; recent: number; seed: number },
): Generator<boolean> {
  let values: number[] = [];
  let test = 0;
  for (const value of stream) {
    values = [...values, value].slice(-window);
    if (values.length < window) {
      yield false;
      continue;
    }
    const older = values.slice(0, window - recent);
    const random = new Xoshiro128(seed + test++);
    const drawn: number[] = [];
    for (let i = 0; i < recent; i++) {
      const left = older.length - i;
      const at = i + Math.floor(random.nextUniform() * left);
      [older[i], older[at]] = [older[at], older[i]];
      drawn.push(older[i]);
    }
    const last = values.slice(window - recent);
    const drift = naiveDistance(drawn, last) > Math.sqrt(-Math.log(alpha) / recent);
    if (drift) values = last;
    yield drift;
  }
}

function gaussians(count: number, meanAt: (i: number) => number): number[] {
  const random = new Xoshiro128(5);
  return Array.from({ length: count }, (_, i) => {
    let sum = 0;
    for (let k = 0; k < 12; k++) sum += random.nextUniform();
    return meanAt(i) + sum - 6;
  });
}

describe('the two-sample Kolmogorov-Smirnov statistic', () => {
  it('is the greatest distance of the two distributions', () => {
    expect(kolmogorovSmirnov(Float64Array.of(1, 2, 3, 4), Float64Array.of(3, 4, 5, 6))).toBe(0.5);
    expect(kolmogorovSmirnov(Float64Array.of(0, 0, 1), Float64Array.of(0, 1, 1))).toBeCloseTo(1 / 3, 15);
    expect(kolmogorovSmirnov(Float64Array.of(7), Float64Array.of(7))).toBe(0);
  });

  it('equals its definition, ties and unequal sizes included', () => {
    const sample = fc.array(
      fc.oneof(fc.integer({ min: 0, max: 4 }), fc.double({ min: 0, max: 4, noNaN: true })),
      {
        minLength: 1,
        maxLength: 20,
      },
    );
    fc.assert(
      fc.property(sample, sample, (a, b) => {
        expect(kolmogorovSmirnov(Float64Array.from(a), Float64Array.from(b))).toBeCloseTo(
          naiveDistance(a, b),
          12,
        );
      }),
    );
  });
});

describe('KSWIN', () => {
  it.each([
    { alpha: 0.005, window: 100, recent: 30, seed: 1 },
    { alpha: 0.05, window: 60, recent: 20, seed: 9 },
    { alpha: 0.0001, window: 100, recent: 30, seed: 42 },
  ])('detects where its definition does, with %j', (options) => {
    const stream = gaussians(900, (i) => (i < 300 ? 0 : i < 600 ? 1.5 : 0));
    const kswin = new Kswin(options);
    const expected = [...naiveKswin(stream, options)];
    expect(stream.map((value) => kswin.update(value) === 'drift')).toEqual(expected);
    expect(expected.indexOf(true, 300)).toBeGreaterThan(300);
    expect(expected.indexOf(true, 300)).toBeLessThan(360);
  });

  it('sees a change of spread under the same mean', () => {
    const random = new Xoshiro128(3);
    const kswin = new Kswin({ alpha: 0.001 });
    const found = Array.from({ length: 400 }, (_, i) =>
      kswin.update((random.nextUniform() - 0.5) * (i < 200 ? 1 : 20)),
    );
    expect(found.slice(0, 200)).not.toContain('drift');
    expect(found.slice(200)).toContain('drift');
  });

  it('refuses more recent values than older ones', () => {
    expect(() => new Kswin({ window: 50, recent: 30 })).toThrow(RangeError);
  });
});
