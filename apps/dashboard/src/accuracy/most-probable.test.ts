import { expect, it } from 'vitest';
import { mostProbable } from './most-probable.js';

it('the most probable activity counts also where it was too improbable to be said; of none there is none', () => {
  expect(mostProbable({ walk: 0.3, sit: 0.4, bike: 0.3 })).toBe('sit');
  expect(mostProbable({})).toBeNull();
});
