import type { Alert } from '@hark/contracts';
import type { LogRecord } from '@hark/streaming';
import { storedJson, storedText } from '../stored-json.js';
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
  const stored = storedText(record);
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
  const alert = storedJson<Alert>(record);
  if (alert === null) return null;
  const { users, devices } = alertScope(alert);
  const entry: ChannelEntry = {
    offset: record.offset,
    users: users.length > 0 ? users : null,
    devices: devices.length > 0 ? devices : null,
    final: true,
    payload: storedText(record) ?? '',
  };
  return { ...entry, within: (scope) => alertWithin(alert, entry, scope) };
};

/** A record of the topic `models`: one that names a user (a label) concerns that user, the others everybody. */
export const modelEntry: EntryOf = (record) => {
  const event = storedJson<{ user?: unknown; device?: unknown }>(record);
  if (event === null) return null;
  const { user, device } = event;
  return {
    offset: record.offset,
    users: typeof user === 'string' ? [user] : null,
    devices: typeof device === 'string' ? [device] : null,
    final: true,
    payload: storedText(record) ?? '',
  };
};
