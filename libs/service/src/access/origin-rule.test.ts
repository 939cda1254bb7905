import { describe, expect, it } from 'vitest';
import { OriginRule, isLoopback } from './origin-rule.js';

const EVIL = 'http://evil.example';

describe('on loopback', () => {
  const rule = new OriginRule({ loopback: true, allowed: ['https://hark.example'] });

  it.each(['localhost', 'LOCALHOST:3001', '127.0.0.1:3001', '127.1.2.3', '[::1]:3001'])(
    'who asks for %s is let in, and its own pages',
    (host) => {
      expect(rule.refusal({ host })).toBe(null);
      expect(rule.refusal({ host, origin: `http://${host}` })).toBe(null);
    },
  );

  it.each([
    'evil.example',
    'localhost.evil.example:3001',
    '127.0.0.1.evil.example',
    '0.0.0.0:3001',
    'user@localhost',
  ])('who asks for %s is refused', (host) => {
    expect(rule.refusal({ host })).toMatchObject({ status: 403, problem: { code: 'forbidden' } });
  });

  it.each([EVIL, 'http://127.0.0.1:3000', 'https://127.0.0.1:3001', 'null'])(
    'a page of %s is refused',
    (origin) => {
      expect(rule.refusal({ host: '127.0.0.1:3001', origin })).toMatchObject({ status: 403 });
    },
  );

  it('a page of an allowed origin is let in, and its host is a known name: TLS may end in front', () => {
    expect(rule.refusal({ host: '127.0.0.1:3000', origin: 'https://hark.example' })).toBe(null);
    expect(rule.refusal({ host: 'hark.example', origin: 'https://hark.example' })).toBe(null);
    expect(rule.isAllowed('https://hark.example')).toBe(true);
    expect(rule.isAllowed(EVIL)).toBe(false);
  });
});

describe('beyond loopback', () => {
  const rule = new OriginRule({ loopback: false, allowed: [] });

  it('any name is answered, and pages of that name, with TLS or without', () => {
    expect(rule.refusal({ host: 'hark.example' })).toBe(null);
    expect(rule.refusal({ host: 'hark.example', origin: 'http://hark.example' })).toBe(null);
    expect(rule.refusal({ host: 'hark.example', origin: 'https://hark.example' })).toBe(null);
    expect(rule.refusal({ host: 'hark.example', origin: EVIL })).toMatchObject({ status: 403 });
  });
});

it.each([
  ['127.0.0.1', true],
  ['127.1.2.3', true],
  ['::1', true],
  ['::ffff:127.0.0.1', true],
  ['localhost', true],
  ['0.0.0.0', false],
  ['192.168.1.2', false],
  ['::', false],
  ['127.0.0.1.example.org', false],
])('%s is loopback: %s', (address, loopback) => {
  expect(isLoopback(address)).toBe(loopback);
});
