import fc from 'fast-check';
import { expect, it } from 'vitest';
import { AxesFeatures } from './axes-features.js';
import { Series } from './series.js';
import * as of from './series-features.js';

const POINTS = 16;
const NOISE = 0.1;

/** A column for each axis, one after the other. */
function grid(values: readonly number[]) {
  const column = (k: number) => Float64Array.from(values.slice(k * POINTS, (k + 1) * POINTS));
  return { x: column(0), y: column(1), z: column(2) };
}

function meanProduct(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i], 0) / a.length;
}

it('gives the bits of each axis loaded alone, and of covariances summed alone', () => {
  const parts = [of.logStd, of.high, of.low];
  const features = new AxesFeatures('acc', parts, POINTS, 50);
  const value = fc.double({ min: -100, max: 100, noNaN: true });
  fc.assert(
    fc.property(fc.array(value, { minLength: 3 * POINTS, maxLength: 3 * POINTS }), (values) => {
      const axes = grid(values);
      const actual = new Float64Array(features.names.length);
      features.write(axes, NOISE, actual, 0);

      const series = [axes.x, axes.y, axes.z].map((column) => {
        const alone = new Series(POINTS, 50);
        alone.load(column, POINTS, NOISE);
        return alone;
      });
      const expected = new Float64Array(features.names.length);
      series.forEach((each, axis) =>
        parts.forEach((part, k) => part.write(each, expected, axis * parts.length + k)),
      );
      const [x, y, z] = series;
      [
        [x, y],
        [x, z],
        [y, z],
      ].forEach(([a, b], k) => {
        expected[9 + k] = meanProduct(a.centred, b.centred) / Math.sqrt(a.scale * b.scale);
      });
      expect(actual).toEqual(expected);
      expect([features.covariance[0], features.covariance[4], features.covariance[8]]).toEqual(
        series.map(({ variance }) => variance),
      );
    }),
  );
});
