import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Ordering } from './ordering.js';

const value = fc.oneof(
  fc.double({ min: -10, max: 10, noNaN: true }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(0, 1, 1, 2, 5e-324, 1e300),
);

it('puts values in order as a sort does, whatever was there before', () => {
  const ordering = new Ordering(200);
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 200 }), (drawn) => {
      const series = Float64Array.from(drawn, (each) => each + 0);
      ordering.sort(series, series.length, Math.min(0, ...series), Math.max(0, ...series));
      expect(ordering.values.slice(0, series.length)).toEqual(series.slice().sort());
      expect(series).toEqual(Float64Array.from(drawn, (each) => each + 0));
    }),
  );
});

it('ends where a value is no number', () => {
  const ordering = new Ordering(3);
  ordering.sort(Float64Array.of(1, NaN, -1), 3, -1, 1);
  expect(ordering.values).toHaveLength(3);
});
