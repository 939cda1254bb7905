import type { EventTime } from '@hark/contracts';
import { axesOf, type PhoneSample } from './phone-reading.js';

/** Readings of one sensor, on the experiment's own clock. */
export interface PhyphoxSeries {
  readonly sensor: PhoneSample['sensor'];
  /** Seconds since the experiment began. */
  readonly seconds: readonly unknown[];
  readonly x: readonly unknown[];
  readonly y: readonly unknown[];
  readonly z: readonly unknown[];
}

/** At these seconds of the experiment it was this time. */
interface ClockMapping {
  readonly seconds: number;
  /** Milliseconds since 1970. */
  readonly ms: number;
}

/** What an experiment sends: see `GET /v1/clients/phyphox`. */
export interface PhyphoxMessage {
  /** The phone's id, by the app; null when there is none. */
  readonly device: string | null;
  readonly model: string | null;
  /** A token, as the codes of its characters: an experiment can send numbers alone. */
  readonly token: string | null;
  readonly series: readonly PhyphoxSeries[];
  /** When the experiment was started and started again, ascending. */
  readonly starts: readonly ClockMapping[];
}

/** Samples of a message in order of their time. */
export interface AnchoredSamples {
  readonly samples: readonly PhoneSample[];
  /** Readings with an axis or the time missing. */
  readonly unusable: number;
}

const MAX_READINGS = 200_000;
/** Seconds since 1970 that a calendar can show, and more than any experiment lasts. */
const MAX_SECONDS = 8.64e12;

/** Reads a body; null when it is not a JSON object. @param bytes UTF-8. */
export function parsePhyphoxMessage(bytes: Uint8Array): PhyphoxMessage | null {
  let body: unknown;
  try {
    body = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return null;
  }
  if (!isObject(body)) return null;
  const array = (name: string): unknown[] => {
    const value = Object.hasOwn(body, name) ? body[name] : undefined;
    return Array.isArray(value) ? value.slice(0, MAX_READINGS) : [];
  };
  const series = (sensor: PhyphoxSeries['sensor'], prefix: string): PhyphoxSeries => ({
    sensor,
    seconds: array(`${prefix}_t`),
    x: array(`${prefix}X`),
    y: array(`${prefix}Y`),
    z: array(`${prefix}Z`),
  });
  const codes = array('token').filter(Number.isInteger) as number[];
  return {
    device: textOf(body['uid']),
    model: textOf(body['dev']),
    token: codes.length === 0 ? null : String.fromCharCode(...codes.slice(0, 256)),
    series: [series('accelerometer', 'acc'), series('gyroscope', 'gyr')],
    starts: startsOf(body['time']),
  };
}

/** Seconds of the newest reading; null when there is none. */
export function newestSeconds({ series }: PhyphoxMessage): number | null {
  let newest: number | null = null;
  for (const { seconds } of series) {
    for (const each of seconds) {
      if (isSeconds(each) && (newest === null || each > newest)) newest = each;
    }
  }
  return newest;
}

/**
 * The samples of a message on the clock of the world: by when the experiment was started, where the message says it.
 *
 * @param anchorMs the time at which the experiment's clock stood at 0, for a message that does not.
 */
export function anchor({ series, starts }: PhyphoxMessage, anchorMs: number): AnchoredSamples {
  const samples: PhoneSample[] = [];
  let unusable = 0;
  for (const { sensor, seconds, x, y, z } of series) {
    seconds.forEach((at, i) => {
      const axes = axesOf({ x: x[i], y: y[i], z: z[i] });
      const time = isSeconds(at) ? eventTime(at, starts, anchorMs) : null;
      if (axes === null || time === null) unusable++;
      else samples.push({ sensor, ...time, ...axes });
    });
  }
  samples.sort((a, b) => a.ms - b.ms || a.subNs - b.subNs);
  return { samples, unusable };
}

/** Exact to the nanosecond for a given double of seconds: the whole milliseconds are split off first. */
function eventTime(seconds: number, starts: readonly ClockMapping[], anchorMs: number): EventTime | null {
  const start = starts.findLast((each) => each.seconds <= seconds) ?? starts[0];
  const base = start === undefined ? anchorMs : start.ms;
  const elapsed = (start === undefined ? seconds : seconds - start.seconds) * 1000;
  const whole = Math.floor(elapsed);
  const ms = base + whole;
  return ms < 0 ? null : { ms, subNs: Math.min(999_999, Math.floor((elapsed - whole) * 1e6)) };
}

/** `{"now":s,"events":[{"event":"START","experimentTime":s,"systemTime":s},…]}` */
function startsOf(time: unknown): ClockMapping[] {
  const events = isObject(time) && Array.isArray(time['events']) ? (time['events'] as unknown[]) : [];
  const starts: ClockMapping[] = [];
  for (const event of events.slice(0, 1000)) {
    if (!isObject(event) || event['event'] !== 'START') continue;
    const { experimentTime, systemTime } = event;
    if (!isSeconds(experimentTime) || !isSeconds(systemTime)) continue;
    starts.push({ seconds: experimentTime, ms: Math.round(systemTime * 1000) });
  }
  return starts.sort((a, b) => a.seconds - b.seconds);
}

function isSeconds(value: unknown): value is number {
  return typeof value === 'number' && Math.abs(value) <= MAX_SECONDS;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
