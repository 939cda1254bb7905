import fc from 'fast-check';
import FFT from 'fft.js';
import { expect, it } from 'vitest';
import { RealFft } from './real-fft.js';

const bins = (out: Float64Array, size: number) => Array.from(out.subarray(0, size + 2), (value) => value + 0);

it.each([2, 4, 8, 16, 32, 64, 128, 256, 512])('gives the bits of fft.js for %i values', (size) => {
  const fft = new RealFft(size);
  const oracle = new FFT(size);
  const value = fc.oneof(
    fc.double({ min: -1e6, max: 1e6, noNaN: true }),
    fc.constantFrom(0, -0, 1, -1, 5e-324),
  );
  fc.assert(
    fc.property(fc.array(value, { minLength: size, maxLength: size }), (x) => {
      const [actual, expected] = [new Float64Array(2 * size), new Float64Array(2 * size)];
      // What was there before counts for nothing.
      actual.fill(NaN);
      fft.transform(Float64Array.from(x), actual);
      oracle.realTransform(expected, Float64Array.from(x));
      // Zeros of either sign are the same.
      expect(bins(actual, size)).toEqual(bins(expected, size));
    }),
    { numRuns: 50 },
  );
});
