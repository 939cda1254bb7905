import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AmbiguousJsonError, parsePlainJson } from './plain-json.js';

describe('a JSON text from outside', () => {
  it.each([
    ['{"a":1,"a":1}', 'the name "a" is there twice'],
    ['{"a":1,"\\u0061":2}', 'the name "a" is there twice'],
    ['[{"b":[{},{"a":[1,"x"],"c":{"a":1},"a":2}]}]', 'the name "a" is there twice'],
    ['{"__proto__":{}}', 'the name "__proto__" is not allowed'],
    ['{"a":{"\\u005f_proto__":1}}', 'the name "__proto__" is not allowed'],
    ['"\\ud800"', 'it holds half of a character (a lone surrogate)'],
    ['{"\\udc00":1}', 'it holds half of a character (a lone surrogate)'],
    ['["\ud83d"]', 'it holds half of a character (a lone surrogate)'],
    [`${'['.repeat(65)}${']'.repeat(65)}`, 'it is nested more than 64 levels deep'],
    ['{"a":'.repeat(20_000), 'it is nested more than 64 levels deep'],
  ])('is refused: %.40s', (text, why) => {
    expect(() => parsePlainJson(text)).toThrow(new AmbiguousJsonError(why));
  });

  it.each(['', '{', '{"a":1,}', "{'a':1}", '01', '"\n"', '[1]]'])('is no JSON: %j', (text) => {
    expect(() => parsePlainJson(text)).toThrow(SyntaxError);
  });

  it('is read once, also where a text in it never ends', () => {
    // Tried from each of its quotes, this would take hours.
    const text = `"${'\\"'.repeat(2_000_000)}\\`;
    expect(() => parsePlainJson(text)).toThrow(SyntaxError);
  });

  it.each([
    '{"a":"a","b":["a","a","a"],"c":{"a":"b"}}',
    '{"a":"{\\"b\\":1,\\"b\\":1}","b":"\\\\"}',
    '{"A":1,"a":2,"":3," ":4}',
    '"\\ud83d\\udca5 __proto__"',
    `${'['.repeat(64)}${']'.repeat(64)}`,
    '1e999',
  ])('is taken as JSON.parse takes it: %.40s', (text) => {
    expect(parsePlainJson(text)).toEqual(JSON.parse(text));
  });

  it('is taken whatever its texts hold, as long as they are whole', () => {
    const key = fc.string({ unit: 'binary' }).filter((name) => name !== '__proto__');
    const values = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 5 },
        fc.string({ unit: 'binary' }),
        fc.integer(),
        tie('array'),
        tie('object'),
      ),
      array: fc.array(tie('value'), { maxLength: 4 }),
      object: fc.dictionary(key, tie('value'), { maxKeys: 4, noNullPrototype: true }),
    })).value;
    fc.assert(
      fc.property(values, (value) => {
        const text = JSON.stringify(value);
        expect(parsePlainJson(text)).toEqual(JSON.parse(text));
      }),
    );
  });
});
