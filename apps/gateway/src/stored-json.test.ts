import { expect, it } from 'vitest';
import { storedJson, storedText } from './stored-json.js';

const record = (text: string) => ({ value: Buffer.from(`..${text}`).subarray(2) });

it('is the object that a record holds, wherever its bytes stand', () => {
  expect(storedJson(record('{"user":"ä"}'))).toEqual({ user: 'ä' });
  expect(storedText(record('{"user":"ä"}'))).toBe('{"user":"ä"}');
});

it.each(['', '{', '{]}', '[1]', 'null', '7'])('is null where it holds none: %j', (text) => {
  expect(storedJson(record(text))).toBeNull();
});
