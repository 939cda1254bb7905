import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PhoneReading } from './phone-reading.js';
import { phoneSamples } from './phone-samples.js';

const G = 9.80665;

function reading(
  name: string,
  ms: number,
  axes: readonly [number, number, number],
  hasAccuracy = false,
): PhoneReading {
  const [x, y, z] = axes;
  return { name, ms, subNs: 0, values: { x, y, z }, hasAccuracy };
}

const wrist = (ms: number, gravity: readonly [number, number, number], unit: number): PhoneReading => ({
  name: 'wristmotion',
  ms,
  subNs: 0,
  hasAccuracy: false,
  values: {
    accelerationX: 0,
    accelerationY: 0,
    accelerationZ: 0.1 * unit,
    gravityX: gravity[0] * unit,
    gravityY: gravity[1] * unit,
    gravityZ: gravity[2] * unit,
    rotationRateX: 0.5,
    rotationRateY: 0,
    rotationRateZ: 0,
  },
});

describe('the samples of a phone', () => {
  it('adds the nearest gravity to an acceleration without it', () => {
    const { phone, hints } = phoneSamples([
      reading('accelerometer', 1000, [0.5, 0, 0], true),
      reading('gravity', 990, [0, 0, 9.8], true),
      reading('gravity', 1004, [0, 9.8, 0], true),
    ]);
    expect(phone).toEqual([{ sensor: 'accelerometer', ms: 1000, subNs: 0, x: 0.5, y: 9.8, z: 0 }]);
    expect(hints).toEqual([]);
  });

  it('has no use for an acceleration without gravity within 200 ms', () => {
    const { phone, unusable } = phoneSamples([
      reading('gravity', 1000, [0, 0, 9.8], true),
      reading('accelerometer', 1200, [0, 0, 0], true),
      reading('accelerometer', 1201, [0, 0, 0], true),
    ]);
    expect(phone.map(({ ms }) => ms)).toEqual([1200]);
    expect(unusable.map(({ ms }) => ms)).toEqual([1201]);
  });

  it.each([
    ['Android', [reading('accelerometer', 0, [0, 0, 0], true), reading('gravity', 0, [0, 0, 9.8], true)], []],
    ['iOS, standardised', [reading('accelerometeruncalibrated', 0, [0, 0, G])], []],
    ['iOS, in g', [reading('accelerometeruncalibrated', 0, [0, 0, -1])], ['standardisation_off']],
    ['a watch in g', [wrist(0, [0, 0, -1], 1)], ['standardisation_off']],
    ['a watch, standardised', [wrist(0, [0, 0, 1], G)], []],
  ])('reads a device that lies on its back as about +9.8 m/s² up: %s', (_, readings, hints) => {
    const found = phoneSamples(readings);
    const [sample] = [...found.phone, ...found.watch];
    expect(sample).toMatchObject({ sensor: 'accelerometer', x: 0, y: 0 });
    expect(Math.abs(sample.z - 9.8)).toBeLessThan(1);
    expect(found.hints).toEqual(hints);
  });

  it('turns the signs of a phone that its owner says is of iOS, and not those of its rotation', () => {
    const { phone, hints } = phoneSamples(
      [
        reading('accelerometer', 0, [0, 0, 0]),
        reading('gravity', 0, [0, 0, -9.8]),
        reading('gyroscope', 0, [1, 2, 3]),
      ],
      { frame: 'ios' },
    );
    expect(phone).toEqual([
      { sensor: 'accelerometer', ms: 0, subNs: 0, x: 0, y: 0, z: 9.8 },
      { sensor: 'gyroscope', ms: 0, subNs: 0, x: 1, y: 2, z: 3 },
    ]);
    expect(hints).toEqual([]);
  });

  it('says when nothing tells the signs, when gravity is off, and when acceleration is', () => {
    const still = [reading('accelerometer', 0, [0, 0, 0]), reading('gravity', 0, [0, 0, 9.8])];
    expect(phoneSamples(still).hints).toEqual(['frame_unknown']);
    expect(phoneSamples(still.slice(0, 1)).hints).toEqual(['gravity_off']);
    expect(phoneSamples(still.slice(1)).hints).toEqual(['accelerometer_off']);
    expect(phoneSamples([]).hints).toEqual([]);
  });

  it('prefers the total, then the sum, then what is uncalibrated', () => {
    const readings = [
      reading('accelerometeruncalibrated', 0, [3, 0, 9], true),
      reading('gravity', 0, [0, 0, 9], true),
      reading('accelerometer', 0, [2, 0, 0], true),
      reading('totalacceleration', 0, [1, 0, 9], true),
    ];
    const x = (from: number, to: number) => phoneSamples(readings.slice(from, to)).phone[0].x;
    expect([x(0, 4), x(0, 3), x(0, 1)]).toEqual([1, 2, 3]);
  });

  it('counts readings of other sensors as ignored and keeps apart what is not finite', () => {
    const found = phoneSamples([
      reading('gyroscope', 0, [0, NaN, 0]),
      reading('barometer', 0, [0, 0, 0]),
      reading('gyroscopeuncalibrated', 0, [0, 0, 0]),
    ]);
    expect(found).toMatchObject({ phone: [], ignored: 2 });
    expect(found.unusable).toHaveLength(1);
  });

  it('goes by what earlier readings told of the unit', () => {
    const falling = [reading('accelerometeruncalibrated', 0, [0, 0, 1.5])];
    expect(phoneSamples(falling, { uncalibratedInG: false }).phone[0].z).toBe(1.5);
    expect(phoneSamples(falling).phone[0].z).toBe(-1.5 * G);
  });

  it('gives gravity its magnitude back, however the phone is turned, on either platform and in either unit', () => {
    const angle = fc.double({ min: 0, max: 2 * Math.PI, noNaN: true });
    fc.assert(
      fc.property(angle, angle, fc.boolean(), fc.boolean(), (a, b, inG, split) => {
        const unit = inG ? 1 : G;
        const axes = [
          unit * Math.cos(a) * Math.cos(b),
          unit * Math.sin(a) * Math.cos(b),
          unit * Math.sin(b),
        ] as const;
        const readings = split
          ? [reading('accelerometer', 5, [0, 0, 0]), reading('gravity', 0, axes)]
          : [reading('accelerometeruncalibrated', 5, axes)];
        const [{ x, y, z }] = phoneSamples(readings).phone;
        return Math.abs(Math.sqrt(x * x + y * y + z * z) - G) < 1e-9;
      }),
    );
  });
});
