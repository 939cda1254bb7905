import { describe, expect, it } from 'vitest';
import { jsonBodyKind } from './json-body.js';

const kind = (text: string) => jsonBodyKind(new TextEncoder().encode(text));

describe('jsonBodyKind', () => {
  it.each([
    '{"creationTime":[]}',
    '[{"user":"a","x":[1,2],"creationTime":[]}]',
    ' \n{ "x" : [ 1 ] , "creationTime" : 1',
  ])('takes %s as columnar', (text) => {
    expect(kind(text)).toBe('columnar');
  });

  it.each([
    '',
    '[]',
    '{"x":1,"Creation_Time":1}',
    '{"a":{"creationTime":1}}',
    '{"a":"creationTime"}',
    '{broken',
    '{"x":',
  ])('takes %s as rows', (text) => {
    expect(kind(text)).toBe('rows');
  });
});
