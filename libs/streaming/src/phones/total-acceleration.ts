import { compareEventTime } from '@hark/contracts';
import {
  axesOf,
  magnitude,
  millisecondsBetween,
  type Axes,
  type PhoneReading,
  type PhoneSample,
} from './phone-reading.js';

/** Standard gravity, m/s². */
export const STANDARD_GRAVITY = 9.80665;

/**
 * In which direction the axes of an acceleration point: Android's way, which a resting phone reads as +9.8 on the axis
 * that points up, or that of iOS, where every sign is the opposite.
 */
export type PhoneFrame = 'android' | 'ios';

/** Further apart than this a reading of gravity says nothing of an acceleration. */
const MAX_APART_MS = 200;
/** Magnitudes below it are in g: between gravity's 1 g and 9.8 m/s², with room for a shaken phone. */
const MAX_G = 4;

/** Whether a mean of these magnitudes near gravity's is in g. A median: a jolt or a fall decides nothing. */
export function areInG(magnitudes: readonly number[]): boolean {
  const sorted = [...magnitudes].sort((a, b) => a - b);
  return sorted.length > 0 && sorted[sorted.length >> 1] < MAX_G;
}

/** Accelerations without gravity, and the readings of gravity to add. */
export interface SplitAcceleration {
  readonly accelerations: readonly PhoneReading[];
  readonly gravities: readonly PhoneReading[];
}

/** Good samples, and readings that are none. */
export interface Converted {
  readonly samples: readonly PhoneSample[];
  readonly unusable: readonly PhoneReading[];
}

/**
 * Adds the nearest gravity to each acceleration, the earlier one of two that are equally near. What has no gravity
 * within 200 ms is unusable.
 */
export function addGravity({ accelerations, gravities }: SplitAcceleration, frame: PhoneFrame): Converted {
  const usable = gravities.filter(({ values }) => axesOf(values) !== null).sort(compareEventTime);
  const samples: PhoneSample[] = [];
  const unusable: PhoneReading[] = [];
  const sorted = [...accelerations].sort(compareEventTime);
  let nearest = 0;
  for (const reading of sorted) {
    while (
      nearest + 1 < usable.length &&
      Math.abs(millisecondsBetween(usable[nearest + 1], reading)) <
        Math.abs(millisecondsBetween(usable[nearest], reading))
    ) {
      nearest++;
    }
    const axes = axesOf(reading.values);
    const gravity = usable.at(nearest);
    if (
      axes === null ||
      gravity === undefined ||
      Math.abs(millisecondsBetween(gravity, reading)) > MAX_APART_MS
    ) {
      unusable.push(reading);
      continue;
    }
    const g = axesOf(gravity.values)!;
    const scale = unitOf(g) * signOf(frame);
    samples.push(
      sample(reading, { x: axes.x + g.x, y: axes.y + g.y, z: axes.z + g.z }, scale, 'accelerometer'),
    );
  }
  return { samples, unusable };
}

/** Accelerations that hold gravity already. */
export function withGravity(readings: readonly PhoneReading[], inG: boolean, frame: PhoneFrame): Converted {
  return convert(readings, (values) => axesOf(values), inG ? STANDARD_GRAVITY : 1, frame);
}

/**
 * Apple Watch: acceleration and gravity in one reading. In g it is as iOS has it; in m/s² the app has brought it to
 * Android's way already.
 */
export function wristAcceleration(readings: readonly PhoneReading[]): Converted {
  const samples: PhoneSample[] = [];
  const unusable: PhoneReading[] = [];
  for (const reading of readings) {
    const motion = axesOf(reading.values, ['accelerationX', 'accelerationY', 'accelerationZ']);
    const gravity = axesOf(reading.values, ['gravityX', 'gravityY', 'gravityZ']);
    if (motion === null || gravity === null) {
      unusable.push(reading);
      continue;
    }
    const inG = isWristInG(reading);
    const total = { x: motion.x + gravity.x, y: motion.y + gravity.y, z: motion.z + gravity.z };
    samples.push(sample(reading, total, inG ? -STANDARD_GRAVITY : 1, 'accelerometer'));
  }
  return { samples, unusable };
}

export function isWristInG({ values }: PhoneReading): boolean {
  const gravity = axesOf(values, ['gravityX', 'gravityY', 'gravityZ']);
  return gravity !== null && magnitude(gravity) < MAX_G;
}

/** Turning has the same sign on both platforms, in rad/s. */
export function rotation(
  readings: readonly PhoneReading[],
  names: readonly [string, string, string] = ['x', 'y', 'z'],
): Converted {
  const samples: PhoneSample[] = [];
  const unusable: PhoneReading[] = [];
  for (const reading of readings) {
    const axes = axesOf(reading.values, names);
    if (axes === null) unusable.push(reading);
    else samples.push(sample(reading, axes, 1, 'gyroscope'));
  }
  return { samples, unusable };
}

function convert(
  readings: readonly PhoneReading[],
  axes: (values: PhoneReading['values']) => Axes | null,
  unit: number,
  frame: PhoneFrame,
): Converted {
  const samples: PhoneSample[] = [];
  const unusable: PhoneReading[] = [];
  for (const reading of readings) {
    const found = axes(reading.values);
    if (found === null) unusable.push(reading);
    else samples.push(sample(reading, found, unit * signOf(frame), 'accelerometer'));
  }
  return { samples, unusable };
}

function unitOf(gravity: Axes): number {
  return magnitude(gravity) < MAX_G ? STANDARD_GRAVITY : 1;
}

function signOf(frame: PhoneFrame): number {
  return frame === 'ios' ? -1 : 1;
}

function sample(
  { ms, subNs }: PhoneReading,
  axes: Axes,
  scale: number,
  sensor: PhoneSample['sensor'],
): PhoneSample {
  // Adding 0 turns −0 into 0: it would be another number once written as JSON.
  return { sensor, ms, subNs, x: axes.x * scale + 0, y: axes.y * scale + 0, z: axes.z * scale + 0 };
}
