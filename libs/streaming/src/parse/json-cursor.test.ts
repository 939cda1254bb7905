import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonCursor } from './json-cursor.js';

const encoder = new TextEncoder();

/** `ok`, `more` when the bytes end too early, or the fault. */
function skip(text: string): string {
  const bytes = encoder.encode(text);
  const cursor = new JsonCursor(bytes, 0, bytes.length);
  const kind = cursor.skip();
  if (kind === null) return cursor.error ?? 'more';
  return cursor.peek() < 0 ? 'ok' : 'more behind it';
}

/** Whether the platform takes the text as JSON. */
function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe('JsonCursor.skip', () => {
  it('takes what JSON.parse takes', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), (text) => {
        expect(skip(text)).toBe('ok');
      }),
    );
  });

  it('takes nothing that JSON.parse refuses', () => {
    const token = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"a"',
      '"',
      '1',
      '-',
      '0',
      '.',
      'e',
      'true',
      'nul',
      'null',
      ' ',
      '\\',
      '\n',
    );
    fc.assert(
      fc.property(fc.array(token, { maxLength: 9 }), (tokens) => {
        const text = tokens.join('');
        expect(skip(text) === 'ok').toBe(isJson(text));
      }),
      { numRuns: 20_000 },
    );
  });

  it('asks for more in front of the end of any value', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 4 }), fc.nat(), (text, cut) => {
        const ascii = `[${text.replace(/[^\x20-\x7e]/g, '')}]`;
        if (isJson(ascii)) expect(skip(ascii.slice(0, cut % ascii.length))).toBe('more');
      }),
    );
  });

  it.each(['"\\ud800"', '"\\u00e9\\n"', '-0.5E+10', '[]', '{}', '[[{"a":[]}]]', ' null '])(
    'takes %s',
    (text) => {
      expect(skip(text)).toBe('ok');
    },
  );

  it.each([
    '"\\x"',
    '"\\u12g4"',
    '"\u0001"',
    '01',
    '-a',
    '1.',
    '[1,]',
    '{"a":1,}',
    '{a:1}',
    '[1 2]',
    '{"a" 1}',
    '[}',
    'tru3',
    'NaN',
  ])('refuses %s', (text) => {
    expect(skip(text)).not.toBe('ok');
  });

  it('takes 64 levels of nesting and refuses 65, without recursion', () => {
    expect(skip('['.repeat(64) + ']'.repeat(64))).toBe('ok');
    expect(skip('['.repeat(65))).toBe('nested deeper than 64');
    expect(skip('{"a":'.repeat(1_000_000))).toBe('nested deeper than 64');
  });
});
