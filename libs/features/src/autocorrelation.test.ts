import fc from 'fast-check';
import { expect, it } from 'vitest';
import { autocorrelation } from './autocorrelation.js';

function naive(c: readonly number[], lag: number): number {
  let sum = 0;
  for (let i = 0; i + lag < c.length; i++) sum += c[i] * c[i + lag];
  return sum;
}

it('is bit for bit the naive sum at every lag', () => {
  const numbers = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), {
    minLength: 12,
    maxLength: 140,
  });
  fc.assert(
    fc.property(numbers, fc.nat(), fc.nat(), (c, a, b) => {
      const first = a % c.length;
      const last = first + (b % (c.length - first));
      const out = new Float64Array(c.length).fill(-1);
      autocorrelation(Float64Array.from(c), c.length, first, last, out);
      out.forEach((value, lag) => {
        expect(value).toBe(lag >= first && lag <= last ? naive(c, lag) : -1);
      });
    }),
  );
});
