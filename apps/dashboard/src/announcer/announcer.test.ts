import { expect, it } from 'vitest';
import { Announcer } from './announcer.js';

it('speaks at once, then at most every three seconds, and then the newest only', () => {
  const said: string[] = [];
  const later: (() => void)[] = [];
  const announcer = new Announcer(
    (text) => said.push(text),
    (action, ms) => {
      expect(ms).toBe(3000);
      later.push(action);
    },
  );
  for (const text of ['one', 'two', 'three']) announcer.say(text);
  expect(said).toEqual(['one']);
  later.shift()?.();
  expect(said).toEqual(['one', 'three']);
  later.shift()?.();
  announcer.say('four');
  expect(said).toEqual(['one', 'three', 'four']);
});
