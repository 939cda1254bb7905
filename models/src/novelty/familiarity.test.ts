import { describe, expect, it } from 'vitest';
import { createFeatureExtractor, type SensorSamples } from '@hark/features';
import { StateReader, StateWriter } from '@hark/streaming';
import { fillGaussian } from '../random/gaussian.js';
import { Xoshiro128 } from '../random/xoshiro128.js';
import { Familiarity } from './familiarity.js';

const extractor = createFeatureExtractor();
const random = new Xoshiro128(5);

type Motion = (t: number, noise: () => number) => readonly number[];

/** Acceleration x, y, z, then rotation x, y, z, 2.56 s at 50 Hz. */
function features(motion: Motion): Float64Array {
  const gaussian = new Float64Array(128 * 12);
  fillGaussian(gaussian, random);
  let next = 0;
  const columns = Array.from({ length: 6 }, () => new Float64Array(128));
  const t = Float64Array.from({ length: 128 }, (_, i) => i / 50 + 0.005);
  for (let i = 0; i < 128; i++) {
    motion(t[i], () => gaussian[next++ % gaussian.length]).forEach((value, k) => (columns[k][i] = value));
  }
  const sensor = (from: number): SensorSamples => ({
    length: 128,
    t,
    x: columns[from],
    y: columns[from + 1],
    z: columns[from + 2],
  });
  return extractor.extract({ seconds: 2.56, accelerometer: sensor(0), gyroscope: sensor(3) });
}

/** A pace of steps between 1.6 and 2.2 a second, and a size, both of the person's own. */
function walk(phase: number, pace: number): Motion {
  return (t, noise) => [
    9.6 + 2 * Math.sin(pace * t + phase) + 0.8 * noise(),
    1 + Math.sin((pace / 2) * t + phase) + 0.5 * noise(),
    0.5 * noise(),
    0.6 * Math.sin((pace / 2) * t + phase) + 0.2 * noise(),
    0.3 * noise(),
    0.2 * noise(),
  ];
}
const still: Motion = (_, noise) => [9.7 + 0.04 * noise(), 0.9, 0.3 + 0.03 * noise(), 0, 0.01 * noise(), 0];
const shaken: Motion = (t, noise) => [
  9.8 + 20 * Math.sin(31 * t),
  15 * Math.cos(31 * t) + 2 * noise(),
  10 * Math.sin(28 * t) + 2 * noise(),
  5 * Math.sin(31 * t),
  4 * noise(),
  6 * Math.cos(31 * t),
];
const nothing: Motion = () => [0, 0, 0, 0, 0, 0];

function next(i: number): { x: Float64Array; target: number } {
  const walks = i % 20 < 10;
  const x = features(walks ? walk(random.nextUniform() * 6, 11 + 2 * random.nextUniform()) : still);
  return { x, target: walks ? 0 : 1 };
}

function familiar(windows = 400): Familiarity {
  const familiarity = new Familiarity(extractor.names);
  for (let i = 0; i < windows; i++) {
    const { x, target } = next(i);
    familiarity.learn(x, target);
  }
  return familiarity;
}

describe('familiarity', () => {
  it('finds a device that is shaken new, and one without gravity', () => {
    const familiarity = familiar();
    expect(familiarity.isNew(features(shaken))).toBe(true);
    expect(familiarity.isNew(features(nothing))).toBe(true);
  });

  it('finds what it learned familiar', () => {
    const familiarity = familiar();
    const called = Array.from({ length: 200 }, (_, i) => familiarity.isNew(next(i).x));
    expect(called.filter(Boolean)).toHaveLength(0);
  });

  it('finds an activity familiar once it has been learned', () => {
    const familiarity = familiar();
    for (let i = 0; i < 40; i++) familiarity.learn(features(shaken), 2);
    expect(familiarity.isNew(features(shaken))).toBe(false);
  });

  it('does not mind how the device is carried', () => {
    const familiarity = familiar();
    const turned: Motion = (t, noise) => {
      const [x, y, z, a, b, c] = walk(1, 12)(t, noise);
      return [-z, -x, y, -c, -a, b];
    };
    expect(familiarity.isNew(features(turned))).toBe(false);
  });

  it('calls nothing new before it has seen 250 windows', () => {
    const familiarity = familiar(249);
    expect(familiarity.isNew(features(shaken))).toBe(false);
    expect(familiarity.strangeness(features(shaken))).toBe(-1);
    const { x, target } = next(0);
    familiarity.learn(x, target);
    expect(familiarity.isNew(features(shaken))).toBe(true);
  });

  it('is finite for enormous features, and for features that never vary', () => {
    const constant = new Familiarity(['a', 'b']);
    for (let i = 0; i < 300; i++) constant.learn(Float64Array.of(1, 1), 0);
    expect(constant.strangeness(Float64Array.of(1e300, -1e300))).toBe(-1);
    const familiarity = familiar();
    const x = new Float64Array(extractor.names.length).fill(-1e300);
    familiarity.learn(x, 0);
    expect(Number.isFinite(familiarity.strangeness(x))).toBe(true);
  });

  it('is the same after a restore', () => {
    const familiarity = familiar(300);
    const state = new StateWriter('t', 1);
    familiarity.write(state);
    const restored = new Familiarity(extractor.names);
    restored.read(new StateReader(state.finish(), 't', 1));
    for (let i = 0; i < 20; i++) {
      const { x, target } = next(i);
      expect(restored.strangeness(x)).toBe(familiarity.strangeness(x));
      restored.learn(x, target);
      familiarity.learn(x, target);
    }
  });
});
