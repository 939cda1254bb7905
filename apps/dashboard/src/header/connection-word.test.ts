import { expect, it } from 'vitest';
import { connectionWord } from './connection-word.js';

it('says whether the page is live, held, or when it tries again', () => {
  const lost = { state: 'waiting', reason: 'gone', closeCode: 1006, tries: 1, retryAtMs: 5000 } as const;
  expect(connectionWord({ state: 'live' }, false, 0)).toEqual({ kind: 'live', text: 'live' });
  expect(connectionWord({ state: 'live' }, true, 0)).toEqual({ kind: 'paused', text: 'paused' });
  expect(connectionWord(lost, false, 2100).text).toBe('lost, again in 3 s');
  expect(connectionWord(lost, false, 6000).text).toBe('lost, trying again');
  expect(connectionWord({ state: 'failed', error: new Error('4401') }, false, 0).kind).toBe('failed');
});
