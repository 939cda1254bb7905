import { describe, expect, it } from 'vitest';
import { addressSetting, ownAddress } from './own-address.js';

describe('the address at which a process is reached by others', () => {
  it('is what it was told, else where it listens', () => {
    expect(ownAddress('ingest-2:3001', '0.0.0.0', 5)).toBe('ingest-2:3001');
    expect(ownAddress(undefined, '127.0.0.1', 3001)).toBe('127.0.0.1:3001');
    expect(ownAddress(undefined, '::1', 3001)).toBe('[::1]:3001');
    expect(ownAddress(undefined, '0.0.0.0', 3001)).toMatch(/^[^:]+:3001$/);
  });

  it.each(['gateway:3000', '10.0.0.7:3000', '[fe80::1]:3000'])('may be %s', (address) => {
    expect(addressSetting.parse(address)).toBe(address);
  });

  it.each(['gateway', 'http://gateway:3000', 'gateway:3000/', ':3000', 'gateway:'])(
    'may not be %s',
    (address) => {
      expect(addressSetting.safeParse(address).success).toBe(false);
    },
  );
});
