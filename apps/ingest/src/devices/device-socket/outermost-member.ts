import { JsonCursor } from '@hark/streaming';

const OPEN_BRACE = 0x7b;
const WHOLE_NUMBER = /^(?:0|[1-9]\d{0,14})$/;
const STRING = /^"(.*)"$/s;

/**
 * The `seq` that a message gives itself: a whole number among its outermost keys. Null when it has none; then it is
 * counted.
 */
export function sequenceOf(message: Buffer): number | null {
  const text = outermost(message, 'seq');
  return text !== null && WHOLE_NUMBER.test(text) ? Number(text) : null;
}

/** The outermost `user` of a message, its escapes as they are; null when it has none. The same user has the same. */
export function userOf(message: Buffer): string | null {
  return outermost(message, 'user')?.match(STRING)?.[1] ?? null;
}

/** The text of the value of an outermost key; null when there is none, or no object. */
function outermost(message: Buffer, wanted: string): string | null {
  // Most messages have none: that is found out without walking over their arrays.
  if (!message.includes(`"${wanted}"`)) return null;
  const cursor = new JsonCursor(message, 0, message.length);
  if (!cursor.take(OPEN_BRACE, 'an object')) return null;
  for (let first = true; ; first = false) {
    const key = cursor.member(first);
    if (key === null) return null;
    const name = cursor.string(key.start, key.end);
    const start = cursor.position;
    if (cursor.skip() === null) return null;
    if (name === wanted) return message.toString('utf8', start, cursor.position);
  }
}
