import { JsonCursor } from './json-cursor.js';

const OPEN_BRACE = 0x7b;

/** Whether JSON text holds rows or the columnar form, by the keys of its first object; rows where in doubt. */
export function jsonBodyKind(bytes: Uint8Array): 'rows' | 'columnar' {
  const start = bytes.indexOf(OPEN_BRACE);
  if (start < 0) return 'rows';
  const cursor = new JsonCursor(bytes, start + 1, bytes.length);
  for (let first = true; ; first = false) {
    const key = cursor.member(first);
    if (key === null) return 'rows';
    const name = cursor.string(key.start, key.end);
    if (name === 'creationTime') return 'columnar';
    if (name === 'Creation_Time' || cursor.skip() === null) return 'rows';
  }
}
