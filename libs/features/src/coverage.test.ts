import { expect, it } from 'vitest';
import { coveredSeconds, isCovered } from './coverage.js';
import type { SensorSamples } from './window-samples.js';

function at(t: readonly number[]): SensorSamples {
  const zeros = new Float64Array(t.length);
  return { length: t.length, t: Float64Array.from(t), x: zeros, y: zeros, z: zeros };
}

const every = (seconds: number, count: number, from = 0) =>
  at(Array.from({ length: count }, (_, i) => from + i * seconds));

it('counts the time between neighbouring samples, a gap as 0.2 s', () => {
  expect(coveredSeconds(at([0, 0.125, 0.25, 2.25]))).toBeCloseTo(0.45, 12);
  expect(coveredSeconds(at([1]))).toBe(0);
  expect(coveredSeconds(at([]))).toBe(0);
});

it('needs 16 samples in 2.56 s', () => {
  expect(isCovered(every(0.16, 16), 2.56)).toBe(true);
  expect(isCovered(every(0.16, 15), 2.56)).toBe(false);
});

it('counts a gap anywhere in the window for 0.2 s alone', () => {
  const dense = Array.from({ length: 65 }, (_, i) => i * 0.01);
  const late = Array.from({ length: 65 }, (_, i) => 1.9 + i * 0.01);
  // 0.64 s, a gap, 0.64 s: 1.48 of the 1.28 that are needed; without one of the two 0.84.
  expect(isCovered(at([...dense, ...late]), 2.56)).toBe(true);
  expect(isCovered(at([...dense, 1.9]), 2.56)).toBe(false);
});

it('needs half of the window, however many samples are in the rest', () => {
  expect(isCovered(every(0.01, 128), 2.56)).toBe(false);
  expect(isCovered(every(0.01, 130), 2.56)).toBe(true);
});
