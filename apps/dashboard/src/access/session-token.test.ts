import { beforeEach, expect, it } from 'vitest';
import { SessionToken } from './session-token.js';

let kept: Map<string, string>;
let token: SessionToken;
beforeEach(() => {
  kept = new Map();
  token = new SessionToken({
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
  });
});

it('a token is asked for when the service wants one, and kept for the tab', () => {
  token.isNeeded();
  expect(token.wanted.value).toBe('missing');
  token.keep('hk_1_secret');
  expect([token.wanted.value, token.value.value, [...kept.values()]]).toEqual([
    'no',
    'hk_1_secret',
    ['hk_1_secret'],
  ]);
});

it('a token that was refused is forgotten', () => {
  token.keep('hk_1_old');
  token.isNeeded();
  expect([token.wanted.value, token.value.value, kept.size]).toEqual(['refused', null, 0]);
});

it('a token that several streams were refused with is told as refused, until another is given', () => {
  token.keep('hk_1_wrong');
  token.isNeeded();
  token.isNeeded();
  expect(token.wanted.value).toBe('refused');
  token.keep('hk_1_right');
  expect([token.wanted.value, token.value.value]).toEqual(['no', 'hk_1_right']);
});
