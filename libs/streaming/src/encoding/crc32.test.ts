import fc from 'fast-check';
import { crc32 as zlibCrc32 } from 'node:zlib';
import { expect, it } from 'vitest';
import { crc32 } from './crc32.js';

it('the check value of CRC-32 is that of the digits 1 to 9', () => {
  expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926);
});

it('is that of zlib for any bytes, wherever they begin in their buffer and end', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(7), fc.nat(), (bytes, offset, rest) => {
      const at = new Uint8Array(bytes.length + offset).subarray(offset);
      at.set(bytes);
      const end = bytes.length - (rest % (bytes.length + 1));
      expect(crc32(at, end)).toBe(zlibCrc32(bytes.subarray(0, end)));
    }),
    { numRuns: 500 },
  );
});
