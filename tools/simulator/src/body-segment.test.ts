import { describe, expect, it } from 'vitest';
import type { Performance } from './activity-script.js';
import { BodySegment, GRAVITY, type SegmentReading } from './body-segment.js';

const reading = (): SegmentReading => ({
  ax: 0,
  ay: 0,
  az: 0,
  gx: 0,
  gy: 0,
  gz: 0,
  shakeAcceleration: 0,
  shakeRotation: 0,
});

const doing = (activity: Performance['activity']): Performance => ({
  activity,
  cadence: 1,
  vigour: 1,
  leanRoll: 0,
  leanPitch: 0,
});

describe('BodySegment', () => {
  it('turns gravity in the accelerometer as fast as the gyroscope says: da/dt = −ω × a where nothing else accelerates', () => {
    const segment = new BodySegment(1, 'a', 'waist');
    const [before, at, after] = [reading(), reading(), reading()];
    const step = 1e-4;
    // Sitting down from standing in 4 s: acceleration of the body itself is below 0.1 m/s² there.
    const read = (t: number, out: SegmentReading): void => {
      const share = t / 4;
      const blend = share * share * (3 - 2 * share);
      segment.read(doing('stand'), doing('sit'), blend, (6 * share * (1 - share)) / 4, t, out);
    };
    for (const t of [0.5, 1, 1.7, 2, 2.9, 3.5]) {
      read(t - step, before);
      read(t, at);
      read(t + step, after);
      const { ax, ay, az, gx, gy, gz } = at;
      const change = [after.ax - before.ax, after.ay - before.ay, after.az - before.az].map(
        (difference) => difference / (2 * step),
      );
      const turned = [-(gy * az - gz * ay), -(gz * ax - gx * az), -(gx * ay - gy * ax)];
      turned.forEach((value, axis) => expect(Math.abs(value - change[axis])).toBeLessThan(0.35));
      expect(Math.max(...change.map(Math.abs))).toBeGreaterThan(0.4);
    }
  });

  it('weighs 1 g on average over many strides, whatever the activity', () => {
    const segment = new BodySegment(3, 'c', 'wrist');
    const out = reading();
    for (const activity of ['walk', 'stairsup', 'bike', 'sit'] as const) {
      let sum = 0;
      for (let i = 0; i < 20_000; i++) {
        segment.read(doing(activity), doing(activity), 0, 0, i / 100, out);
        sum += out.ax * out.ax + out.ay * out.ay + out.az * out.az;
      }
      expect(Math.sqrt(sum / 20_000)).toBeGreaterThan(GRAVITY * 0.97);
      expect(Math.sqrt(sum / 20_000)).toBeLessThan(GRAVITY * 1.25);
    }
  });

  it('gives each user a cadence and a posture of their own', () => {
    const at = (user: string): number => {
      const out = reading();
      new BodySegment(1, user, 'waist').read(doing('sit'), doing('sit'), 0, 0, 1, out);
      return out.ax;
    };
    expect(at('a')).not.toBeCloseTo(at('b'), 2);
    expect(at('a')).toBe(at('a'));
  });
});
