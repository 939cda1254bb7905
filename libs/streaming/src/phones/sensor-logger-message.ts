import { parseWithExactTimes, readingName, timeOf, type PhoneReading } from './phone-reading.js';

/** A message of Sensor Logger's push format, by HTTP or MQTT. */
export interface SensorLoggerMessage {
  /** 0, 1, 2 … within a session; null when it is not a whole number. */
  readonly messageId: number | null;
  readonly sessionId: string | null;
  readonly deviceId: string | null;
  /** Of the participant while a study is active. */
  readonly userId: string | null;
  readonly readings: readonly PhoneReading[];
  /** Entries of the payload without a name, a time or values. */
  readonly unreadable: number;
}

/** At most this many readings of a message are looked at. */
const MAX_READINGS = 200_000;

/**
 * Reads a message. The app's test button and other clients send what is none: null then.
 *
 * @param bytes UTF-8.
 */
export function parseSensorLoggerMessage(bytes: Uint8Array): SensorLoggerMessage | null {
  let value: unknown;
  try {
    value = parseWithExactTimes(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return null;
  }
  if (!isObject(value)) return null;
  const payload = Array.isArray(value['payload']) ? (value['payload'] as unknown[]) : [];
  const readings: PhoneReading[] = [];
  let unreadable = Math.max(0, payload.length - MAX_READINGS);
  for (const entry of payload.slice(0, MAX_READINGS)) {
    const reading = readingOf(entry);
    if (reading === null) unreadable++;
    else readings.push(reading);
  }
  const { messageId } = value;
  return {
    messageId: Number.isSafeInteger(messageId) && (messageId as number) >= 0 ? (messageId as number) : null,
    sessionId: textOf(value['sessionId']),
    deviceId: textOf(value['deviceId']),
    userId: textOf(value['userId']),
    readings,
    unreadable,
  };
}

function readingOf(entry: unknown): PhoneReading | null {
  if (!isObject(entry)) return null;
  const { name, values } = entry;
  const time = timeOf(entry['time']);
  if (typeof name !== 'string' || time === null || !isObject(values)) return null;
  return { ...time, name: readingName(name), values, hasAccuracy: typeof entry['accuracy'] === 'number' };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
