import type { LogRecord } from '@hark/streaming';

/** The JSON object in a record, or null where it holds none: of an erased user nothing is left, and poison is passed over. */
export function storedJson<T>(record: Pick<LogRecord, 'value'>): T | null {
  const text = storedText(record);
  if (text === null) return null;
  try {
    return JSON.parse(text) as T;
  } catch {
    return null;
  }
}

/** The record's text where it looks like a JSON object, else null. */
export function storedText({ value }: Pick<LogRecord, 'value'>): string | null {
  if (value.length < 2 || value[0] !== 0x7b || value[value.length - 1] !== 0x7d) return null;
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('utf8');
}
