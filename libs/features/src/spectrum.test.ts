import fc from 'fast-check';
import { expect, it } from 'vitest';
import { PowerSpectrum } from './spectrum.js';

/** Power in bin k by the definition of the discrete Fourier transform. */
function naivePower(series: readonly number[], size: number, k: number): number {
  const n = series.length;
  let re = 0;
  let im = 0;
  let weight = 0;
  series.forEach((value, i) => {
    const w = 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / n);
    re += value * w * Math.cos((2 * Math.PI * k * i) / size);
    im -= value * w * Math.sin((2 * Math.PI * k * i) / size);
    weight += w * w;
  });
  return (2 * (re * re + im * im)) / (size * weight);
}

it('shows a tone of a bin frequency in that bin and its two neighbours, with its whole variance', () => {
  const spectrum = new PowerSpectrum(128, 50);
  spectrum.compute(Float64Array.from({ length: 128 }, (_, i) => 3 * Math.sin((2 * Math.PI * 8 * i) / 128)));
  expect(spectrum.resolution).toBe(0.390625);
  // 4.5 = 3² / 2, split 1 : 4 : 1 by the Hann window.
  expect(spectrum.power[7]).toBeCloseTo(0.75, 12);
  expect(spectrum.power[8]).toBeCloseTo(3, 12);
  expect(spectrum.power[9]).toBeCloseTo(0.75, 12);
  expect(spectrum.power[20]).toBeCloseTo(0, 12);
});

it.each([
  [128, 128],
  [100, 128],
  [150, 256],
])('agrees with the definition for %i points, padded to %i', (points, size) => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -100, max: 100 }), { minLength: points, maxLength: points }),
      (x) => {
        const spectrum = new PowerSpectrum(points, 50);
        spectrum.compute(Float64Array.from(x));
        expect(spectrum.power).toHaveLength(size / 2 + 1);
        for (const k of [0, 1, 7, size / 4, size / 2]) {
          expect(spectrum.power[k]).toBeCloseTo(naivePower(x, size, k), 6);
        }
      },
    ),
    { numRuns: 10 },
  );
});

it('finds the first bin at or above a frequency, at most one past the last', () => {
  const spectrum = new PowerSpectrum(128, 50);
  expect(spectrum.binAt(0)).toBe(0);
  expect(spectrum.binAt(0.390625)).toBe(1);
  expect(spectrum.binAt(0.4)).toBe(2);
  expect(spectrum.binAt(25)).toBe(64);
  expect(spectrum.binAt(1000)).toBe(65);
});
