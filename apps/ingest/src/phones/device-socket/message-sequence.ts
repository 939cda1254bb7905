import { JsonCursor } from '@hark/streaming';

const OPEN_BRACE = 0x7b;
const KEY = Buffer.from('"seq"');
const WHOLE_NUMBER = /^(?:0|[1-9]\d{0,14})$/;

/**
 * The `seq` that a message gives itself: a whole number among its outermost keys. Null when it has none; then it is
 * counted.
 */
export function sequenceOf(message: Buffer): number | null {
  // Most messages have none: that is found out without walking over their arrays.
  if (!message.includes(KEY)) return null;
  const cursor = new JsonCursor(message, 0, message.length);
  if (!cursor.take(OPEN_BRACE, 'an object')) return null;
  for (let first = true; ; first = false) {
    const key = cursor.member(first);
    if (key === null) return null;
    const name = cursor.string(key.start, key.end);
    const start = cursor.position;
    if (cursor.skip() === null) return null;
    if (name !== 'seq') continue;
    const text = message.toString('latin1', start, cursor.position);
    return WHOLE_NUMBER.test(text) ? Number(text) : null;
  }
}
