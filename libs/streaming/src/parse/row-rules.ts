import {
  isWellFormedId,
  parseEventTime,
  SENSORS,
  type DeviceId,
  type EventTime,
  type RowErrorCode,
  type SampleBatchBuilder,
  type Sensor,
} from '@hark/contracts';
import { TooManyStreamsError, type Column, type RowSink } from './row-sink.js';

/** A value of a kind that its column cannot hold, e.g. a JSON array for a user. */
export class Unusable {
  constructor(readonly text: string) {}
}

/** A row's values as written; `undefined` where it has none. */
export type RowFields = { readonly [C in Column]?: string | Unusable | undefined };

/** The model of a row that names none. */
export const UNKNOWN_MODEL = 'unknown';

/** Arrival times that a calendar can show, milliseconds since 1970. */
const MAX_ARRIVAL_MS = 8.64e15;

/** Longer digits than this are not looked at: no measurement has them. */
const MAX_NUMBER_TEXT = 400;
const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;

/**
 * The rules for one row, on the text of its values: what {@link CsvRows} and {@link JsonRows} fall back to, and
 * what their fast paths must agree with. Pushes the row or rejects it, with the first rule that it breaks in the
 * order sensor, user, device, model, time, axes, activity.
 *
 * @param text the row as it came.
 * @param sensor of rows that name none.
 */
export function takeRow(
  fields: RowFields,
  row: number,
  text: string,
  sensor: Sensor | undefined,
  sink: RowSink,
): void {
  const found = checkRow(fields, sensor, sink);
  if ('code' in found) {
    sink.reject(row, found.code, found.message, text, readableDevice(fields));
    return;
  }
  const { builder } = sink;
  const label = labelOf(builder, found.gt);
  if (label < 0) {
    const message = `gt is ${quote(found.gt!)}, one activity more than the 255 that a batch can name`;
    sink.reject(row, 'unknown_activity', message, text, readableDevice(fields));
    return;
  }
  const stream = streamOf(builder, found.user, found.device, found.model, found.sensor);
  const { ms, subNs } = found.time;
  builder.push(stream, ms, subNs, found.arrivalMs, found.x, found.y, found.z, label);
}

/** @throws TooManyStreamsError when the batch's dictionary is full. */
export function streamOf(
  builder: SampleBatchBuilder,
  user: string,
  device: string,
  model: string,
  sensor: Sensor,
): number {
  try {
    return builder.streamOf(user, device, model, sensor);
  } catch (error) {
    if (error instanceof RangeError) throw new TooManyStreamsError();
    throw error;
  }
}

/** @returns −1 when the batch's dictionary of activities is full. */
export function labelOf(builder: SampleBatchBuilder, gt: string | null): number {
  try {
    return builder.labelOf(gt);
  } catch (error) {
    if (error instanceof RangeError) return -1;
    throw error;
  }
}

/** A number as a message shows it: quoted, cut to 64 characters. */
export function quote(value: string): string {
  return JSON.stringify(value.length > 64 ? `${value.slice(0, 64)}…` : value);
}

/** What a decimal number's text means, NaN when it is not one; spaces around it do not count. */
export function readNumber(text: string): number {
  if (text.length > MAX_NUMBER_TEXT) return NaN;
  const trimmed = text.trim();
  return NUMBER.test(trimmed) ? Number(trimmed) : NaN;
}

/** {@link parseEventTime}, with spaces and leading zeros allowed. */
export function readTime(text: string): EventTime | null {
  const trimmed = text.length > MAX_NUMBER_TEXT ? '' : text.trim();
  return parseEventTime(/^0+\d+$/.test(trimmed) ? trimmed.replace(/^0+(?=\d)/, '') : trimmed);
}

/** Arrival_Time in milliseconds since 1970, or the default where it is not a time. */
export function readArrival(value: number, defaultArrivalMs: number): number {
  return value >= 0 && value <= MAX_ARRIVAL_MS ? value : defaultArrivalMs;
}

interface GoodRow extends DeviceId {
  readonly model: string;
  readonly sensor: Sensor;
  readonly time: EventTime;
  readonly arrivalMs: number;
  readonly x: number;
  readonly y: number;
  readonly z: number;
  readonly gt: string | null;
}

interface BadRow {
  readonly code: RowErrorCode;
  readonly message: string;
}

function checkRow(fields: RowFields, defaultSensor: Sensor | undefined, sink: RowSink): GoodRow | BadRow {
  const sensor = checkSensor(fields.Sensor, defaultSensor);
  if (typeof sensor !== 'string') return sensor;
  const user = checkId('User', fields.User, 'invalid_user');
  if (typeof user !== 'string') return user;
  const device = checkId('Device', fields.Device, 'invalid_device');
  if (typeof device !== 'string') return device;
  const model = checkId('Model', fields.Model ?? UNKNOWN_MODEL, 'invalid_model');
  if (typeof model !== 'string') return model;
  const time = checkTime(fields.Creation_Time);
  if ('code' in time) return time;
  const x = checkAxis('x', fields.x);
  if (typeof x !== 'number') return x;
  const y = checkAxis('y', fields.y);
  if (typeof y !== 'number') return y;
  const z = checkAxis('z', fields.z);
  if (typeof z !== 'number') return z;
  const gt = checkActivity(fields.gt, sink.activities);
  if (gt !== null && typeof gt !== 'string') return gt;
  const arrival = typeof fields.Arrival_Time === 'string' ? readNumber(fields.Arrival_Time) : NaN;
  const arrivalMs = readArrival(arrival, sink.defaultArrivalMs);
  return { user, device, model, sensor, time, arrivalMs, x, y, z, gt };
}

/** The sensor of a row, from its own value or else the default. */
function checkSensor(value: string | Unusable | undefined, sensor: Sensor | undefined): Sensor | BadRow {
  if (value === undefined || value === '') {
    return (
      sensor ?? {
        code: 'sensor_missing',
        message:
          'Sensor is missing: give each row a Sensor, or name one for all of them (sensor=accelerometer)',
      }
    );
  }
  if (typeof value === 'string' && (SENSORS as readonly string[]).includes(value)) return value as Sensor;
  return { code: 'unknown_sensor', message: `Sensor is ${show(value)}, not accelerometer or gyroscope` };
}

/** An id that is well formed. */
function checkId(column: string, value: string | Unusable | undefined, code: RowErrorCode): string | BadRow {
  if (value === undefined) return { code, message: `${column} is missing` };
  if (typeof value !== 'string') return { code, message: `${column} is ${show(value)}, not a string` };
  if (isWellFormedId(value)) return value;
  if (value === '') return { code, message: `${column} is empty` };
  if (value.length > 128) {
    return {
      code,
      message: `${column} is ${quote(value)}, ${value.length} characters where 128 are allowed`,
    };
  }
  return { code, message: `${column} is ${quote(value)}, with characters that an id may not hold` };
}

function checkTime(value: string | Unusable | undefined): EventTime | BadRow {
  const code = 'invalid_time';
  if (value === undefined) return { code, message: 'Creation_Time is missing' };
  const time = typeof value === 'string' ? readTime(value) : null;
  if (time !== null) return time;
  return { code, message: `Creation_Time is ${show(value)}, not nanoseconds from 0 to 9223372036854775807` };
}

function checkAxis(column: string, value: string | Unusable | undefined): number | BadRow {
  if (value === undefined) return { code: 'missing_axis', message: `${column} is missing` };
  const number = typeof value === 'string' ? readNumber(value) : NaN;
  if (Number.isFinite(number)) return number;
  const found = isQuoted(value)
    ? `the string ${show(value)}, not a number`
    : `${show(value)}, not a finite number`;
  return { code: 'non_finite', message: `${column} is ${found}` };
}

/** The activity, `null` when unlabelled: absent, empty or the word `null`. */
function checkActivity(
  value: string | Unusable | undefined,
  activities: RowSink['activities'],
): string | null | BadRow {
  if (value === undefined || value === '' || value === 'null') return null;
  if (typeof value === 'string' && activities.has(value)) return value;
  return { code: 'unknown_activity', message: `gt is ${show(value)}, not a known activity` };
}

/** JSON text of a string, where a number is asked for. */
function isQuoted(value: string | Unusable): boolean {
  return value instanceof Unusable && value.text.startsWith('"');
}

function show(value: string | Unusable): string {
  if (typeof value === 'string') return quote(value);
  return value.text.length > 64 ? `${value.text.slice(0, 64)}…` : value.text;
}

function readableDevice({ User: user, Device: device }: RowFields): DeviceId | null {
  if (typeof user !== 'string' || typeof device !== 'string') return null;
  return isWellFormedId(user) && isWellFormedId(device) ? { user, device } : null;
}
