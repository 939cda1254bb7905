import fc from 'fast-check';
import { expect, it, describe } from 'vitest';
import { fromNanoseconds } from './event-time.js';
import { decodeNanoseconds, encodeNanoseconds } from './int64-column.js';

describe('the int64 column', () => {
  it('is what BigInt64Array holds, for every int64 that is not negative', () => {
    fc.assert(
      fc.property(fc.array(fc.bigInt(0n, 9_223_372_036_854_775_807n)), (times) => {
        const split = times.map((ns) => fromNanoseconds(ns)!);
        const ms = Float64Array.from(split, (t) => t.ms);
        const subNs = Int32Array.from(split, (t) => t.subNs);
        const bytes = new Uint8Array(times.length * 8 + 1);
        // At any alignment.
        encodeNanoseconds(ms, subNs, times.length, new DataView(bytes.buffer, 1));
        const column = bytes.slice(1).buffer;
        expect([...new BigInt64Array(column)]).toEqual(times);
        const msBack = new Float64Array(times.length);
        const subNsBack = new Int32Array(times.length);
        decodeNanoseconds(new Uint32Array(column), msBack, subNsBack, times.length);
        expect([...msBack]).toEqual([...ms]);
        expect([...subNsBack]).toEqual([...subNs]);
      }),
    );
  });
});
