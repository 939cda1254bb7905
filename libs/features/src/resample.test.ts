import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAxesGrid, resample } from './resample.js';
import type { SensorSamples } from './window-samples.js';

/** The same value rule on every axis: y is x doubled, z is x negated. */
function samples(t: readonly number[], x: readonly number[]): SensorSamples {
  return {
    length: t.length,
    t: Float64Array.from(t),
    x: Float64Array.from(x),
    y: Float64Array.from(x, (v) => 2 * v),
    z: Float64Array.from(x, (v) => -v),
  };
}

function resampled(t: readonly number[], x: readonly number[], seconds: number, points: number) {
  const grid = createAxesGrid(points);
  resample(samples(t, x), seconds, grid);
  return grid;
}

/** The mean of the piecewise linear signal over [from, to], by cutting it at every sample. */
function naiveMean(t: readonly number[], x: readonly number[], from: number, to: number): number {
  const at = (time: number): number => {
    if (time <= t[0]) return x[0];
    if (time >= t[t.length - 1]) return x[x.length - 1];
    const k = t.findIndex((other) => other > time);
    return x[k - 1] + ((x[k] - x[k - 1]) * (time - t[k - 1])) / (t[k] - t[k - 1]);
  };
  const cuts = [from, ...t.filter((time) => time > from && time < to), to];
  let area = 0;
  for (let k = 1; k < cuts.length; k++)
    area += ((at(cuts[k]) + at(cuts[k - 1])) / 2) * (cuts[k] - cuts[k - 1]);
  return area / (to - from);
}

describe('resample', () => {
  it('gives each cell the mean of the straight lines between samples', () => {
    expect([...resampled([0, 1, 3], [0, 2, 2], 4, 4).x]).toEqual([1, 2, 2, 2]);
  });

  it('averages many samples in a cell, weighted by the time between them', () => {
    expect([...resampled([0, 0.25, 0.75], [0, 4, 4], 1, 1).x]).toEqual([3.5]);
  });

  it('draws a straight line through cells without a sample', () => {
    expect([...resampled([0.5, 3.5], [0, 6], 4, 4).x]).toEqual([0.25, 2, 4, 5.75]);
  });

  it('holds the ends', () => {
    expect([...resampled([1.5], [7], 3, 3).x]).toEqual([7, 7, 7]);
  });

  it('treats the three axes alike', () => {
    const { x, y, z } = resampled([0, 0.3, 1.1], [1, -2, 5], 2, 8);
    expect([...y]).toEqual([...x].map((v) => 2 * v));
    expect([...z]).toEqual([...x].map((v) => -v));
  });

  it('reads only the first `length` entries of the columns', () => {
    const given = samples([0.5, 1, 9], [3, 3, 1e6]);
    const grid = createAxesGrid(4);
    resample({ ...given, length: 2 }, 2, grid);
    expect([...grid.x]).toEqual([3, 3, 3, 3]);
  });

  it('agrees with the naive mean of every cell, whatever the instants', () => {
    const instants = fc.uniqueArray(fc.integer({ min: 0, max: 2_559_999 }), { minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(instants, fc.integer(), (micros, seed) => {
        const t = micros.sort((a, b) => a - b).map((us) => us / 1e6);
        const x = t.map((_, i) => Math.sin(seed + i * 12.9898) * 10);
        const grid = resampled(t, x, 2.56, 128);
        for (let i = 0; i < 128; i++) {
          const expected = naiveMean(t, x, (i * 2.56) / 128, ((i + 1) * 2.56) / 128);
          expect(Math.abs(grid.x[i] - expected)).toBeLessThan(1e-9);
        }
      }),
      { numRuns: 30 },
    );
  });
});
