import { expect, it } from 'vitest';
import { crc32c } from './crc32c.js';

it('the check value of CRC-32C is that of the digits 1 to 9', () => {
  expect(crc32c(new TextEncoder().encode('123456789'))).toBe(0xe3069283);
});

it('is as RFC 3720, B.4 has it for 32 bytes, wherever they begin in their buffer', () => {
  const ascending = Uint8Array.from({ length: 32 }, (_, i) => i);
  for (let offset = 0; offset < 8; offset++) {
    const at = new Uint8Array(32 + offset).subarray(offset);
    expect(crc32c(at)).toBe(0x8a9136aa);
    at.fill(0xff);
    expect(crc32c(at)).toBe(0x62a8ab43);
    at.set(ascending);
    expect(crc32c(at)).toBe(0x46dd794e);
  }
});
