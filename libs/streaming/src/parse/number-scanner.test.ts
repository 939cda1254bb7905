import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromNanoseconds, parseEventTime } from '@hark/contracts';
import { NUMBER_REACH, NumberScanner } from './number-scanner.js';

const encoder = new TextEncoder();

function scannerOf(text: string): NumberScanner {
  const scanner = new NumberScanner();
  scanner.begin(encoder.encode(text.padEnd(text.length + NUMBER_REACH, ',')));
  return scanner;
}

/** The value read, or `null` where the scanner leaves the text to its caller. */
function float(text: string): number | null {
  const scanner = scannerOf(text);
  const end = scanner.scanFloat(0);
  if (end < 0) return null;
  expect(end).toBe(text.length);
  return scanner.value;
}

function time(text: string): { ms: number; subNs: number } | null {
  const scanner = scannerOf(text);
  return scanner.scanTime(0) < 0 ? null : { ms: scanner.ms, subNs: scanner.subNs };
}

const digits = (min: number, max: number) =>
  fc.array(fc.integer({ min: 0, max: 9 }), { minLength: min, maxLength: max }).map((list) => list.join(''));

const decimal = fc
  .tuple(
    fc.constantFrom('', '-'),
    fc.oneof(
      fc.constant('0'),
      fc.tuple(fc.integer({ min: 1, max: 9 }), digits(0, 18)).map(([d, r]) => d + r),
    ),
    fc.oneof(
      fc.constant(''),
      digits(1, 25).map((d) => `.${d}`),
    ),
    fc.oneof(
      fc.constant(''),
      fc
        .tuple(fc.constantFrom('e', 'E'), fc.constantFrom('', '+', '-'), digits(1, 3))
        .map((parts) => parts.join('')),
    ),
  )
  .map((parts) => parts.join(''));

describe('NumberScanner.scanFloat', () => {
  it('rounds every number that it reads as Number does', () => {
    let read = 0;
    fc.assert(
      fc.property(
        fc.oneof(decimal, fc.double({ noNaN: true, noDefaultInfinity: true }).map(String)),
        (text) => {
          const value = float(text);
          if (value === null) return;
          read++;
          expect(value).toBe(Number(text));
        },
      ),
      { numRuns: 20_000 },
    );
    expect(read).toBeGreaterThan(5_000);
  });

  it('reads what sensors write, one or two digits and up to eight behind the point, whatever follows', () => {
    const short = fc.tuple(
      fc.constantFrom('', '-'),
      fc.integer({ min: 0, max: 99 }).map(String),
      digits(1, 8),
      fc.constantFrom(',', '\n', '}', '/', ':', 'é', ' ', '.', '-'),
    );
    fc.assert(
      fc.property(short, ([sign, whole, decimals, next]) => {
        const text = `${sign}${whole}.${decimals}`;
        const scanner = scannerOf(text + next);
        expect(scanner.scanFloat(0)).toBe(text.length);
        expect(scanner.value).toBe(Number(text));
      }),
      { numRuns: 5_000 },
    );
  });

  it.each([
    '-5.958191',
    '0.6880646',
    '-0',
    '0',
    '3.356934E-4',
    '0.6535491999999999',
    '-0.00062561035',
    '1e3',
    '9007199254740991',
  ])('reads %s itself', (text) => {
    expect(float(text)).toBe(Number(text));
  });

  it.each([
    '',
    '-',
    '.5',
    '5.',
    '+1',
    '01',
    '-01.5',
    'NaN',
    '1e',
    '1e+',
    '1e999',
    '0.1234567890123456789',
    '9007199254740993',
    '1e23',
  ])('leaves %j to its caller', (text) => {
    expect(float(text)).toBeNull();
  });

  it('never looks further than its reach, however long the number is', () => {
    for (const text of [
      '0.' + '0'.repeat(62),
      '1'.repeat(64),
      '1e' + '0'.repeat(62),
      '0.0000000001e' + '0'.repeat(51),
    ]) {
      const scanner = new NumberScanner();
      scanner.begin(encoder.encode(text));
      expect(scanner.scanFloat(0)).toBe(-1);
    }
  });
});

describe('NumberScanner.scanTime', () => {
  it('splits every int64 from 0 to 2^63 − 1 exactly', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 9_223_372_036_854_775_807n }), fc.nat(18), (value, drop) => {
        const text = String(value / BigInt('1' + '0'.repeat(drop)));
        expect(time(text)).toEqual(fromNanoseconds(BigInt(text)));
      }),
      { numRuns: 5_000 },
    );
  });

  it('keeps two times that are 1 ns apart apart', () => {
    expect(time('1424696631913248572')).toEqual({ ms: 1424696631913, subNs: 248572 });
    expect(time('1424696631913248573')).toEqual({ ms: 1424696631913, subNs: 248573 });
    expect(time('27920678471000')).toEqual({ ms: 27920678, subNs: 471000 });
    expect(time('9223372036854775807')).toEqual({ ms: 9223372036854, subNs: 775807 });
  });

  it.each(['', '-1', '9223372036854775808', '9999999999999999999', '14246966319132485720', '01', 'x'])(
    'leaves %j to its caller',
    (text) => {
      expect(time(text)).toBeNull();
    },
  );

  it('reads the scientific form as the contract does, or leaves it', () => {
    let read = 0;
    const scientific = fc
      .tuple(
        fc.nat(9),
        digits(1, 17),
        fc.constantFrom('E', 'e'),
        fc.constantFrom('', '+', '-'),
        fc.constantFrom('', '0'),
        fc.nat(20),
      )
      .map((parts) => `${parts[0]}.${parts.slice(1).join('')}`);
    fc.assert(
      fc.property(scientific, (text) => {
        const found = time(text);
        if (found === null) return;
        read++;
        expect(found).toEqual(parseEventTime(text));
      }),
      { numRuns: 10_000 },
    );
    expect(read).toBeGreaterThan(500);
    expect(time('1.42469663191325E+018')).toEqual({ ms: 1424696631913, subNs: 250000 });
    expect(time('9.99999999999999E+018')).toBeNull();
  });

  it('stops in front of what is no digit', () => {
    const scanner = scannerOf('1;5');
    expect(scanner.scanTime(0)).toBe(1);
  });
});
