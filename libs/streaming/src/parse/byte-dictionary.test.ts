import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteDictionary } from './byte-dictionary.js';

const encoder = new TextEncoder();
const codeOf = (dictionary: ByteDictionary, text: string) => {
  const bytes = encoder.encode(`<${text}>`);
  return dictionary.codeOf(bytes, 1, bytes.length - 1);
};

describe('ByteDictionary', () => {
  it('gives the same bytes the same code and other bytes another', () => {
    const dictionary = new ByteDictionary();
    expect(['a', 'b', 'a', '', 'ab', ''].map((text) => codeOf(dictionary, text))).toEqual([1, 2, 1, 3, 4, 3]);
  });

  it('never gives two different strings one code, however many there are', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 6 }), { maxLength: 600 }), (texts) => {
        const dictionary = new ByteDictionary();
        const owner = new Map<number, string>();
        for (const text of texts) {
          const code = codeOf(dictionary, text);
          expect(owner.get(code) ?? text).toBe(text);
          owner.set(code, text);
        }
      }),
    );
  });

  it('finds a value at a position, whatever follows it', () => {
    const dictionary = new ByteDictionary();
    const code = codeOf(dictionary, 'gear_1');
    const bytes = encoder.encode('xgear_1,gear_2');
    expect(dictionary.match(bytes, 1, code)).toBe(7);
    expect(dictionary.match(bytes, 8, code)).toBe(-1);
    expect(dictionary.match(bytes, 10, code)).toBe(-1);
  });

  it('does not keep a value longer than any id', () => {
    const dictionary = new ByteDictionary();
    expect(codeOf(dictionary, 'x'.repeat(513))).toBe(0);
    expect(dictionary.size).toBe(0);
  });

  it('numbers from 1 again after it is cleared', () => {
    const dictionary = new ByteDictionary();
    codeOf(dictionary, 'a');
    dictionary.clear();
    expect(codeOf(dictionary, 'b')).toBe(1);
  });
});
