import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compareEventTime,
  formatNanoseconds,
  fromNanoseconds,
  parseEventTime,
  toNanoseconds,
} from './event-time.js';

describe('event time', () => {
  it('keeps neighbours 1 ns apart beyond 2^53', () => {
    expect(parseEventTime('1424686733090638193')).toEqual({ ms: 1_424_686_733_090, subNs: 638_193 });
    expect(parseEventTime('1424686733090638194')).toEqual({ ms: 1_424_686_733_090, subNs: 638_194 });
  });

  it('reads the scientific form that a spreadsheet leaves', () => {
    expect(parseEventTime('1.42469663191325E+018')).toEqual({ ms: 1_424_696_631_913, subNs: 250_000 });
    expect(parseEventTime('5e3')).toEqual({ ms: 0, subNs: 5_000 });
  });

  it('refuses what is not a non-negative 64-bit integer', () => {
    for (const text of [
      '',
      '-1',
      '1.5',
      '1.25e1',
      '9223372036854775808',
      '1e19',
      '12345678901234567890',
      '0x10',
      ' 1',
    ]) {
      expect(parseEventTime(text), text).toBeNull();
    }
    expect(parseEventTime('9223372036854775807')).toEqual({ ms: 9_223_372_036_854, subNs: 775_807 });
  });

  it('comes back from its decimal digits, whatever it is', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 9_223_372_036_854_775_807n), (ns) => {
        const time = parseEventTime(String(ns));
        expect(time).toEqual(fromNanoseconds(ns));
        expect(toNanoseconds(time!)).toBe(ns);
        expect(formatNanoseconds(time!.ms, time!.subNs)).toBe(String(ns));
      }),
    );
  });

  it('orders by milliseconds, then by nanoseconds', () => {
    expect(compareEventTime({ ms: 1, subNs: 9 }, { ms: 2, subNs: 0 })).toBeLessThan(0);
    expect(compareEventTime({ ms: 2, subNs: 1 }, { ms: 2, subNs: 0 })).toBeGreaterThan(0);
    expect(compareEventTime({ ms: 2, subNs: 1 }, { ms: 2, subNs: 1 })).toBe(0);
  });
});
