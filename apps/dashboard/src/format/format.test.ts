import { describe, expect, it } from 'vitest';
import { percent, short, signed, whole } from './numbers.js';
import { age, clock, dayAndTime, span } from './times.js';

describe('numbers', () => {
  it.each([
    [percent(0.9134), '91 %'],
    [percent(0.9134, 1), '91.3 %'],
    [percent(null), '–'],
    [percent(NaN), '–'],
    [whole(18_204), '18\u202f204'],
    [whole(1_234_567), '1\u202f234\u202f567'],
    [short(1234), '1.23 k'],
    [short(999.9), '1 k'],
    [short(56.74), '56.7'],
    [short(0.1234), '0.12'],
    [short(0), '0'],
    [short(2_500_000), '2.5 M'],
    [signed(3.24), '+3.2'],
    [signed(-0.41), '\u22120.4'],
    [signed(0.01), '±0'],
  ])('%s', (text, expected) => expect(text).toBe(expected));
});

describe('times', () => {
  it.each([
    [age(200), 'now'],
    [age(3000), '3 s'],
    [age(-5000), 'now'],
    [age(240_000), '4 min'],
    [age(7_200_000), '2 h'],
    [age(Infinity), '–'],
    [span(2140), '2.1 s'],
    [span(48_000), '48 s'],
    [span(245_000), '4:05'],
    [span(3_723_000), '1:02:03'],
    [span(null), '–'],
    [clock(new Date(2015, 1, 23, 13, 3, 9).getTime()), '13:03:09'],
    [dayAndTime(new Date(2015, 1, 23, 13, 3).getTime()), '23 Feb 2015 13:03'],
  ])('%s', (text, expected) => expect(text).toBe(expected));
});
