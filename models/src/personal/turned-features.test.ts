import { describe, expect, it } from 'vitest';
import { createFeatureExtractor, type SensorSamples } from '@hark/features';
import { Xoshiro128 } from '../random/xoshiro128.js';
import { AXIS_TURNS } from './axis-turns.js';
import { TurnedFeatures, canBeTurned } from './turned-features.js';

const extractor = createFeatureExtractor();

/** 2.56 s at 50 Hz about a slanted gravity, or about 0. */
function samples(random: Xoshiro128, about: readonly number[]): SensorSamples {
  const t = Float64Array.from({ length: 128 }, (_, i) => i / 50 + 0.005);
  const axis = (mean: number, size: number) =>
    t.map((time) => mean + size * Math.sin(9 * time + mean) + random.nextUniform() * (1 + size));
  return { length: 128, t, x: axis(about[0], 1), y: axis(about[1], 2), z: axis(about[2], 0.3) };
}

function turnedSamples({ length, t, x, y, z }: SensorSamples, turn: number): SensorSamples {
  const { axes, signs } = AXIS_TURNS[turn];
  const [turnedX, turnedY, turnedZ] = axes.map((axis, i) => [x, y, z][axis].map((value) => signs[i] * value));
  return { length, t, x: turnedX, y: turnedY, z: turnedZ };
}

describe('turned features', () => {
  it('are those of the turned samples', () => {
    const turned = new TurnedFeatures(extractor.names);
    const random = new Xoshiro128(3);
    const accelerometer = samples(random, [7, -5, 4]);
    const gyroscope = samples(random, [0.2, 0, -0.3]);
    const x = extractor.extract({ seconds: 2.56, accelerometer, gyroscope });
    for (let turn = 0; turn < AXIS_TURNS.length; turn++) {
      const expected = extractor.extract({
        seconds: 2.56,
        accelerometer: turnedSamples(accelerometer, turn),
        gyroscope: turnedSamples(gyroscope, turn),
      });
      const actual = turned.write(turn, x, new Float64Array(x.length));
      for (let i = 0; i < x.length; i++) {
        expect(actual[i], `${extractor.names[i]} after turn ${turn}`).toBeCloseTo(expected[i], 9);
      }
    }
  });

  it('leave a window that is not turned as it is', () => {
    const x = new Float64Array(extractor.names.length);
    expect(new TurnedFeatures(extractor.names).write(0, x, new Float64Array(x.length))).toBe(x);
  });

  it('need the features of all axes', () => {
    expect(canBeTurned(['speed', 'height'])).toBe(false);
    expect(canBeTurned(extractor.names)).toBe(true);
    expect(() => new TurnedFeatures(['gravity_x', 'gravity_y'])).toThrow(RangeError);
  });
});
