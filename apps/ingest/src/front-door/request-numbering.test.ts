import { describe, expect, it } from 'vitest';
import { checkNumbering, NumberingError, readNumbering } from './request-numbering.js';

const headers = (producer?: string, sequence?: string, end?: string) => ({
  ...(producer !== undefined && { 'hark-producer': producer }),
  ...(sequence !== undefined && { 'hark-sequence': sequence }),
  ...(end !== undefined && { 'hark-end': end }),
});

describe('readNumbering', () => {
  it('is absent without headers', () => {
    expect(readNumbering({})).toBeUndefined();
    expect(readNumbering(headers(undefined, undefined, '0'))).toBeUndefined();
  });

  it('reads producer, sequence and end', () => {
    expect(readNumbering(headers('p', '1'))).toEqual({ producer: 'p', sequence: 1, end: false });
    expect(readNumbering(headers('p', '4294967295', '1'))).toEqual({
      producer: 'p',
      sequence: 4294967295,
      end: true,
    });
    expect(readNumbering(headers('p', undefined, '1'))).toEqual({ producer: 'p', sequence: null, end: true });
  });

  it.each([
    ['a sequence of nobody', headers(undefined, '1')],
    ['an end of nobody', headers(undefined, undefined, '1')],
    ['a producer without sequence', headers('p')],
    ['sequence 0', headers('p', '0')],
    ['a negative sequence', headers('p', '-1')],
    ['a fraction', headers('p', '1.5')],
    ['a sequence over 32 bits', headers('p', '4294967296')],
    ['a producer of 129 characters', headers('p'.repeat(129), '1')],
    ['an empty producer', headers('', '1')],
    ['an unknown end', headers('p', '1', 'yes')],
  ])('refuses %s', (_, given) => {
    expect(() => readNumbering(given)).toThrow(NumberingError);
  });
});

describe('checkNumbering', () => {
  it('refuses rows with an end that has no number, for they would be taken with every try', () => {
    const end = { producer: 'p', sequence: null, end: true };
    expect(() => checkNumbering(end, 1)).toThrow(NumberingError);
    checkNumbering(end, 0);
    checkNumbering({ ...end, sequence: 1 }, 1);
    checkNumbering(undefined, 1);
  });
});
