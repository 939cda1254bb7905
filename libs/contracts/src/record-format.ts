import type { Reader } from 'protobufjs/minimal.js';

/** Thrown when bytes are not a record of the kind asked for. */
export class RecordFormatError extends Error {
  readonly code = 'record_format';
}

/** What `read` makes of the bytes of a record. @throws RecordFormatError for whatever it throws. */
export function readRecord<T>(what: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof RecordFormatError) throw error;
    // The decoder's own message for an end that comes too soon speaks of its buffer.
    const reason = error instanceof RangeError ? 'the bytes end within a field' : (error as Error).message;
    throw new RecordFormatError(`not a ${what}: ${reason}`);
  }
}

/** The string fields 1, 2, 3 … of a message, in field order. */
export function readStrings(reader: Reader, end: number): (string | undefined)[] {
  const fields: (string | undefined)[] = [];
  while (reader.pos < end) {
    const tag = reader.uint32();
    if ((tag & 7) === 2) fields[(tag >>> 3) - 1] = reader.string();
    else reader.skipType(tag & 7);
  }
  return fields;
}
