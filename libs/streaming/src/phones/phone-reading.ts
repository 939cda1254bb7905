import { parseEventTime, type EventTime, type Sensor } from '@hark/contracts';

/** One reading of one sensor, as a phone app sends or exports it. */
export interface PhoneReading extends EventTime {
  /** Lower case, without spaces: `accelerometer`, `gravity`, `wristmotion` … */
  readonly name: string;
  /** Numbers, or what else the sensor has to say. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Android says how accurate a reading is; iOS never does. */
  readonly hasAccuracy: boolean;
}

/** A sample as the log takes it: m/s² with gravity in Android's axes, or rad/s. */
export interface PhoneSample extends EventTime {
  readonly sensor: Sensor;
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

export interface Axes {
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

/** `Wrist Motion`, `wrist motion` and `WristMotion` are one sensor. */
export function readingName(name: string): string {
  return name.toLowerCase().replaceAll(/[\s_-]/g, '');
}

/** The axes of these names, null when one is missing or not finite. */
export function axesOf(
  values: Readonly<Record<string, unknown>>,
  names: readonly [x: string, y: string, z: string] = ['x', 'y', 'z'],
): Axes | null {
  const [x, y, z] = names.map((name) => (Object.hasOwn(values, name) ? values[name] : undefined));
  return isFinite(x) && isFinite(y) && isFinite(z) ? { x, y, z } : null;
}

export function magnitude({ x, y, z }: Axes): number {
  return Math.sqrt(x * x + y * y + z * z);
}

/** Milliseconds from `b` to `a`, fractions included. */
export function millisecondsBetween(a: EventTime, b: EventTime): number {
  return a.ms - b.ms + (a.subNs - b.subNs) / 1e6;
}

const TIME = /(?<!\\)"time"(\s*:\s*)(\d[\d.]*(?:[eE]\+?\d+)?)/g;

/**
 * JSON with the numbers of all keys `time` as strings: nanoseconds since 1970 are beyond 2^53, and `JSON.parse` would
 * round them. A quote within a string is written with a backslash before it, so the key is never found in one.
 *
 * @throws SyntaxError
 */
export function parseWithExactTimes(text: string): unknown {
  return JSON.parse(text.replaceAll(TIME, '"time"$1"$2"'));
}

/** A `time` as {@link parseWithExactTimes} leaves it; null when it is not one. */
export function timeOf(value: unknown): EventTime | null {
  return typeof value === 'string' ? parseEventTime(value) : null;
}

function isFinite(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
