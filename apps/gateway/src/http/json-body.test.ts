import { describe, expect, it } from 'vitest';
import { hasForeignBody } from './json-body.js';

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
