import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Series } from './series.js';

function loaded(values: readonly number[], noise = 0): Series {
  const series = new Series(Math.max(values.length, 8), 50);
  series.load(Float64Array.from(values), values.length, noise);
  return series;
}

describe('Series', () => {
  it('has the moments of its values, divided by their number', () => {
    const series = loaded([2, 4, 4, 4, 5, 5, 7, 9], 3);
    expect(series.mean).toBe(5);
    expect(series.variance).toBe(4);
    expect(series.deviation).toBe(2);
    expect(series.min).toBe(-3);
    expect(series.max).toBe(4);
    expect(series.scale).toBe(13);
    expect(series.thirdMoment()).toBe(5.25);
    expect(series.fourthMoment()).toBe(44.5);
    expect(series.meanAbsolute()).toBe(1.5);
  });

  it('interpolates quantiles between order statistics', () => {
    const series = loaded([4, 1, 3, 2, 10]);
    expect(series.quantile(0)).toBe(1 - 4);
    expect(series.quantile(0.5)).toBe(3 - 4);
    expect(series.quantile(0.875)).toBe(7 - 4);
    expect(series.quantile(1)).toBe(10 - 4);
  });

  it('counts a crossing only from beyond one side of the band to beyond the other', () => {
    const series = loaded([1, 0.1, -0.1, 0.1, -1, -0.1, 1, -1]);
    expect(series.crossings(0.5)).toBe(3);
    expect(series.crossings(0)).toBe(5);
    expect(series.crossings(2)).toBe(0);
  });

  it('counts crossings as by remembering the side of each value', () => {
    const value = fc.oneof(fc.double({ min: -2, max: 2, noNaN: true }), fc.constantFrom(0, 1, -1));
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 1, maxLength: 40 }),
        fc.constantFrom(0, 0.5, 1),
        (values, band) => {
          const series = loaded(values);
          let side = 0;
          let count = 0;
          for (const c of series.centred.subarray(0, values.length)) {
            const now = c > band ? 1 : c < -band ? -1 : 0;
            if (now === 0 || now === side) continue;
            if (side !== 0) count++;
            side = now;
          }
          expect(series.crossings(band)).toBe(count);
        },
      ),
    );
  });

  it('divides the autocorrelation by length and scale, noise included', () => {
    const r = loaded([1, -1, 1, -1, 1, -1, 1, -1], 1).autocorrelation(3);
    expect([r[1], r[2], r[3]]).toEqual([-7 / 16, 6 / 16, -5 / 16]);
  });

  it('adds lags to those it has', () => {
    const values = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8];
    const series = loaded(values);
    series.autocorrelation(2);
    const grown = series.autocorrelation(9).slice(1, 10);
    expect([...grown]).toEqual([...loaded(values).autocorrelation(9).slice(1, 10)]);
  });

  it('forgets the signal before when a new one is loaded', () => {
    const series = loaded([1, 2, 3, 4, 5, 6, 7, 80], 0.1);
    series.quantile(0.5);
    series.autocorrelation(3);
    series.powerSpectrum();
    const next = [5, -2, 0, 4, 1, 1, -7, 3];
    series.load(Float64Array.from(next), 8, 0.1);
    const fresh = loaded(next, 0.1);
    expect(series.quantile(0.5)).toBe(fresh.quantile(0.5));
    expect(series.autocorrelation(3).slice(1, 4)).toEqual(fresh.autocorrelation(3).slice(1, 4));
    expect(series.powerSpectrum().power).toEqual(fresh.powerSpectrum().power);
  });

  it('uses the first `length` values only', () => {
    const series = new Series(8, 50);
    series.load(Float64Array.of(1, 2, 3, 100, 100, 100, 100, 100), 3, 0);
    expect(series.mean).toBe(2);
    expect(series.max).toBe(1);
    expect(series.quantile(1)).toBe(1);
    expect(series.crossings(0)).toBe(1);
  });
});
