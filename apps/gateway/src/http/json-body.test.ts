import { describe, expect, it } from 'vitest';
import { AmbiguousBodyError, hasForeignBody, requirePlainJson } from './json-body.js';

describe('a body', () => {
  it.each([
    [false, {}],
    [false, { 'content-length': '0' }],
    [false, { 'content-length': '0', 'content-type': 'text/plain' }],
    [false, { 'content-length': '2', 'content-type': 'application/json' }],
    [false, { 'content-length': '2', 'content-type': 'Application/JSON; charset=utf-8' }],
    [true, { 'content-length': '2' }],
    [true, { 'transfer-encoding': 'chunked' }],
    [true, { 'content-length': '2', 'content-type': 'application/x-www-form-urlencoded' }],
    [true, { 'content-length': '2', 'content-type': 'application/json-seq' }],
    [true, { 'content-length': '2', 'content-type': 'text/plain; x=application/json' }],
  ])('is foreign: %s for %j', (foreign, headers) => {
    expect(hasForeignBody({ headers })).toBe(foreign);
  });
});

describe('a JSON body', () => {
  it.each([
    ['a name twice', Buffer.from('{"user":"a","user":"b"}'), 'utf-8'],
    ['__proto__', Buffer.from('{"__proto__":{}}'), 'utf-8'],
    ['bytes that are not UTF-8', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]), 'utf-8'],
    ['another encoding', Buffer.from('{}', 'utf16le'), 'utf-16'],
  ])('with %s is refused', (_what, body, encoding) => {
    expect(() => requirePlainJson(body, encoding)).toThrow(AmbiguousBodyError);
  });

  it('that is none is left to the parser', () => {
    requirePlainJson(Buffer.from('{'), 'utf-8');
    requirePlainJson(Buffer.from('{"a":1}'), 'utf-8');
  });
});
