import type { Alert } from '@hark/contracts';
import type { LogRecord } from '@hark/streaming';
import { alertScope, alertWithin } from './alert-scope.js';
import type { ChannelEntry } from './channel.js';

/** Makes the message of a record; `null` for a record that holds none. */
export type EntryOf = (record: LogRecord) => ChannelEntry | null;

const RECEIVED = '"receivedMs":';

/**
 * A stored prediction as subscribers see it: `latencyMs` (commit − arrival of its samples) and `source` are spliced
 * into the stored JSON, which is not parsed. The tests for `"final":true` and `"receivedMs":` can't be fooled by
 * an id, because quotes inside a JSON string are escaped.
 */
export const predictionEntry: EntryOf = (record) => {
  const stored = textOf(record);
  if (stored === null) return null;
  const at = stored.lastIndexOf(RECEIVED);
  const receivedMs = at < 0 ? NaN : Number.parseFloat(stored.slice(at + RECEIVED.length, at + 40));
  const latencyMs = Number.isFinite(receivedMs) ? Math.max(0, record.timestamp - receivedMs) : 0;
  const separator = record.key.indexOf('\u0000');
  return {
    offset: record.offset,
    users: [separator < 0 ? record.key : record.key.slice(0, separator)],
    devices: [separator < 0 ? '' : record.key.slice(separator + 1)],
    final: stored.includes('"final":true'),
    payload: `${stored.slice(0, -1)},"latencyMs":${latencyMs},"source":"live"}`,
  };
};

/** An alert concerns the users and devices of its scope; a scope that names none concerns everybody. */
export const alertEntry: EntryOf = (record) => {
  const alert = jsonOf<Alert>(record);
  if (alert === null) return null;
  const { users, devices } = alertScope(alert);
  const entry: ChannelEntry = {
    offset: record.offset,
    users: users.length > 0 ? users : null,
    devices: devices.length > 0 ? devices : null,
    final: true,
    payload: textOf(record) ?? '',
  };
  return { ...entry, within: (scope) => alertWithin(alert, entry, scope) };
};

/** A record of the topic `models`: one that names a user (a label) concerns that user, the others everybody. */
export const modelEntry: EntryOf = (record) => {
  const event = jsonOf<{ user?: unknown; device?: unknown }>(record);
  if (event === null) return null;
  const { user, device } = event;
  return {
    offset: record.offset,
    users: typeof user === 'string' ? [user] : null,
    devices: typeof device === 'string' ? [device] : null,
    final: true,
    payload: textOf(record) ?? '',
  };
};

/** The record's JSON object, else null. */
function jsonOf<T>(record: LogRecord): Partial<T> | null {
  const text = textOf(record);
  if (text === null) return null;
  try {
    return JSON.parse(text) as Partial<T>;
  } catch {
    return null;
  }
}

/** The record's text where it looks like a JSON object, else null: a poison record is passed over. */
function textOf({ value }: LogRecord): string | null {
  if (value.length < 2 || value[0] !== 0x7b || value[value.length - 1] !== 0x7d) return null;
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('utf8');
}
