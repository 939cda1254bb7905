import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFeatureExtractor, MotionFeatures, WindowLengthError } from './index.js';
import type { SensorSamples, WindowSamples } from './index.js';
import { createAxesGrid, resample } from './resample.js';

interface Columns {
  t: number[];
  x: number[];
  y: number[];
  z: number[];
}

interface GoldenWindow {
  name: string;
  seconds: number;
  accelerometer: Columns;
  gyroscope: Columns;
  grid: { x: number[]; y: number[]; z: number[] };
  features: Record<string, number>;
}

const golden = JSON.parse(
  readFileSync(new URL('../golden/windows.json', import.meta.url), 'utf8'),
) as GoldenWindow[];

function samples({ t, x, y, z }: Columns): SensorSamples {
  return {
    length: t.length,
    t: Float64Array.from(t),
    x: Float64Array.from(x),
    y: Float64Array.from(y),
    z: Float64Array.from(z),
  };
}

const none = samples({ t: [], x: [], y: [], z: [] });

function sampled(
  count: number,
  rate: number,
  at: (t: number) => readonly [number, number, number],
): SensorSamples {
  const t = Array.from({ length: count }, (_, i) => (i + 0.5) / rate);
  const values = t.map(at);
  return samples({ t, x: values.map((v) => v[0]), y: values.map((v) => v[1]), z: values.map((v) => v[2]) });
}

const windowOf = (accelerometer: SensorSamples, gyroscope: SensorSamples = none): WindowSamples => ({
  seconds: 2.56,
  accelerometer,
  gyroscope,
});

/** Within 1e-9 of the size of the expected value, or of 1 when that is smaller. */
function expectClose(actual: number, expected: number, name: string): void {
  const error = Math.abs(actual - expected) / Math.max(1, Math.abs(expected));
  expect(error, `${name}: ${actual}, expected ${expected}`).toBeLessThanOrEqual(1e-9);
}

describe.each(golden)('the window "$name", computed with NumPy and SciPy', (window) => {
  it('is resampled to the same grid', () => {
    const grid = createAxesGrid(128);
    resample(samples(window.accelerometer), window.seconds, grid);
    for (const axis of ['x', 'y', 'z'] as const) {
      expect(window.grid[axis]).toHaveLength(128);
      grid[axis].forEach((value, i) => expectClose(value, window.grid[axis][i], `${axis}[${i}]`));
    }
  });

  it('has the same features in the same order', () => {
    const features = new MotionFeatures();
    expect(features.names).toEqual(Object.keys(window.features));
    const vector = features.extract({
      seconds: window.seconds,
      accelerometer: samples(window.accelerometer),
      gyroscope: samples(window.gyroscope),
    });
    features.names.forEach((name, i) => expectClose(vector[i], window.features[name], name));
  });
});

const step = (t: number) => Math.sin(2 * Math.PI * 1.9 * t) + 0.4 * Math.sin(2 * Math.PI * 3.8 * t + 1);
const walk = (t: number) =>
  [
    9.5 + 2 * step(t),
    1 + Math.cos(2 * Math.PI * 0.95 * t),
    -2 + 0.7 * Math.sin(2 * Math.PI * 1.9 * t + 2),
  ] as const;
const swing = (t: number) =>
  [0.5 * Math.sin(2 * Math.PI * 0.95 * t), 0.3 * step(t), 0.8 * Math.cos(2 * Math.PI * 0.95 * t)] as const;
const walking = windowOf(sampled(128, 50, walk), sampled(128, 50, swing));

describe('MotionFeatures', () => {
  it('gives the same bits on every version of Node', () => {
    const features = new MotionFeatures();
    const hash = createHash('sha256');
    for (const { seconds, accelerometer, gyroscope } of golden) {
      const vector = features.extract({
        seconds,
        accelerometer: samples(accelerometer),
        gyroscope: samples(gyroscope),
      });
      hash.update(new Uint8Array(vector.buffer));
    }
    expect(hash.digest('hex')).toBe('0bdf58feab0c6551e52ce7741d1dc0a72e984fb59fb51cfaf27334558bef4b74');
  });

  it('has 124 distinct names, a value for each, and a schema of 16 hex digits', () => {
    const features = createFeatureExtractor();
    expect(new Set(features.names).size).toBe(124);
    expect(features.extract(walking)).toHaveLength(124);
    expect(features.schema).toBe('a7ada9e3660a987c');
  });

  it('has another schema for another length of window', () => {
    expect(new MotionFeatures(5.12).names).toEqual(new MotionFeatures(2.56).names);
    expect(new MotionFeatures(5.12).schema).not.toBe(new MotionFeatures(2.56).schema);
  });

  it('does not depend on the windows before', () => {
    const features = new MotionFeatures();
    const first = features.extract(walking);
    const kept = Float64Array.from(first);
    features.extract(windowOf(sampled(200, 80, (t) => [1, 9 + t, Math.sin(40 * t)])));
    expect(features.extract(walking)).toEqual(first);
    expect(first).toEqual(kept);
  });

  it('refuses a window of another length', () => {
    expect(() => new MotionFeatures().extract({ ...walking, seconds: 5 })).toThrow(WindowLengthError);
    expect(() => new MotionFeatures(0.5)).toThrow(RangeError);
    expect(() => new MotionFeatures(Number.NaN)).toThrow(RangeError);
  });

  it('says nothing about a window with too few accelerometer samples, whatever the gyroscope has', () => {
    const features = new MotionFeatures();
    expect(features.extract(windowOf(none))).toHaveLength(0);
    expect(features.extract(windowOf(none, walking.gyroscope))).toHaveLength(0);
    expect(features.extract(windowOf(sampled(15, 6, walk), walking.gyroscope))).toHaveLength(0);
    expect(features.extract(windowOf(sampled(16, 6.25, walk), walking.gyroscope))).toHaveLength(124);
  });

  it('sets the features of an absent gyroscope to 0 and leaves the others as they are', () => {
    const features = new MotionFeatures();
    const both = features.extract(walking);
    const from = features.names.indexOf('gyroscope_present');
    expect(both[from]).toBe(1);
    for (const gyroscope of [none, sampled(60, 100, swing)]) {
      const alone = features.extract(windowOf(walking.accelerometer, gyroscope));
      expect(alone.subarray(0, from)).toEqual(both.subarray(0, from));
      expect(alone.subarray(from).every((value) => value === 0)).toBe(true);
    }
  });

  it('tells no difference, in the features without axes, between ways of turning the device', () => {
    const features = new MotionFeatures();
    const angle = fc.double({ min: -4, max: 4, noNaN: true });
    const ofAxes = /^(gravity_[xyz]$|(acc|gyro)_[xyz])/;
    const expected = features.extract(walking);
    fc.assert(
      fc.property(angle, angle, angle, (a, b, c) => {
        const turn = ([x, y, z]: readonly [number, number, number]) => {
          const [x1, y1] = [x * Math.cos(a) - y * Math.sin(a), x * Math.sin(a) + y * Math.cos(a)];
          const [y2, z2] = [y1 * Math.cos(b) - z * Math.sin(b), y1 * Math.sin(b) + z * Math.cos(b)];
          return [x1 * Math.cos(c) - z2 * Math.sin(c), y2, x1 * Math.sin(c) + z2 * Math.cos(c)] as const;
        };
        const turned = windowOf(
          sampled(128, 50, (t) => turn(walk(t))),
          sampled(128, 50, (t) => turn(swing(t))),
        );
        const vector = features.extract(turned);
        features.names.forEach((name, i) => {
          if (!ofAxes.test(name)) expect(Math.abs(vector[i] - expected[i]), name).toBeLessThan(1e-6);
        });
      }),
    );
  });

  it('says much the same of one motion at 50, 100 and 212 Hz', () => {
    const features = new MotionFeatures();
    const expected = features.extract(walking);
    for (const rate of [100, 212]) {
      const count = Math.floor(2.56 * rate);
      const vector = features.extract(windowOf(sampled(count, rate, walk), sampled(count, rate, swing)));
      features.names.forEach((name, i) => {
        // Above 5.5 Hz this motion has nothing but what the resampling leaves.
        if (!/band[4-8]$/.test(name)) expect(Math.abs(vector[i] - expected[i]), name).toBeLessThan(0.1);
      });
    }
  });

  it('finds the rhythm: steps at 1.9 a second', () => {
    const features = new MotionFeatures();
    const vector = features.extract(walking);
    const value = (name: string) => vector[features.names.indexOf(name)];
    expect(value('vertical_period') / value('vertical_periodicity')).toBeCloseTo(1 / 1.9, 1);
    expect(value('vertical_band3')).toBeGreaterThan(value('vertical_band2'));
    expect(value('vertical_band3')).toBeGreaterThan(value('vertical_band5'));
  });

  it('has only finite values for any finite samples up to a million', () => {
    const features = new MotionFeatures();
    const value = fc.oneof(
      fc.double({ min: -1e6, max: 1e6, noNaN: true }),
      fc.constantFrom(0, -0, 1e6, -1e6, 5e-324, 9.81),
    );
    const sensor = fc
      .tuple(fc.nat(200), fc.double({ min: 0, max: 0.99, noNaN: true }))
      .chain(([count, phase]) => {
        const column = fc.oneof(
          fc.array(value, { minLength: count, maxLength: count }),
          value.map((constant) => new Array<number>(count).fill(constant)),
        );
        const t = Array.from({ length: count }, (_, i) => ((i + (i % 2 === 0 ? 0 : phase)) * 2.56) / count);
        return fc.tuple(column, column, column).map(([x, y, z]) => samples({ t, x, y, z }));
      });
    let vectors = 0;
    fc.assert(
      fc.property(sensor, sensor, (accelerometer, gyroscope) => {
        const vector = features.extract(windowOf(accelerometer, gyroscope));
        if (vector.length > 0) vectors++;
        expect(vector.every(Number.isFinite)).toBe(true);
      }),
      { seed: 7, numRuns: 200 },
    );
    expect(vectors).toBeGreaterThan(50);
  });

  it('says nothing rather than NaN when values are so large that their squares overflow', () => {
    const huge = sampled(128, 50, (t) => [t < 1 ? 1e300 : -1e300, 1e300, 0]);
    expect(new MotionFeatures().extract(windowOf(huge))).toHaveLength(0);
  });

  it.each([1, 2, 5.12, 7.3])('works for windows of %s s', (seconds) => {
    const count = Math.floor(seconds * 100);
    const vector = new MotionFeatures(seconds).extract({
      seconds,
      accelerometer: sampled(count, 100, walk),
      gyroscope: sampled(count, 100, swing),
    });
    expect(vector).toHaveLength(124);
  });
});
