import { describe, expect, it } from 'vitest';
import { nearestName } from './nearest-name.js';

const NAMES = ['channel', 'users', 'devices', 'mode', 'since', 'maxRateHz'];

describe('nearestName', () => {
  it.each([
    ['user', 'users'],
    ['USERS', 'users'],
    ['device', 'devices'],
    ['chanel', 'channel'],
    ['maxRate', 'maxRateHz'],
    ['sinec', 'since'],
  ])('takes %j for %j', (written, meant) => expect(nearestName(written, NAMES)).toBe(meant));

  it.each(['x', '', 'colour', 'u', 'z'.repeat(100_000)])('takes %.10j for none of them', (written) =>
    expect(nearestName(written, NAMES)).toBe(null),
  );
});
