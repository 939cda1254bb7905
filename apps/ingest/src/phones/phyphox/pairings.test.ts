import { describe, expect, it } from 'vitest';
import { PAIRING_MS, Pairings } from './pairings.js';

describe('a code for a token', () => {
  it('is good for ten minutes, for as many as ask', () => {
    let nowMs = 0;
    const pairings = new Pairings(() => nowMs);
    const code = pairings.open('hk_a');
    nowMs = PAIRING_MS - 1;
    expect([pairings.tokenOf(code), pairings.tokenOf(code)]).toEqual(['hk_a', 'hk_a']);
    nowMs = PAIRING_MS;
    expect(pairings.tokenOf(code)).toBeNull();
  });

  it('is another each time, and no more than a thousand are kept', () => {
    const pairings = new Pairings(() => 0);
    const codes = Array.from({ length: 1001 }, (_, i) => pairings.open(`hk_${i}`));
    expect(new Set(codes).size).toBe(1001);
    expect([pairings.tokenOf(codes[0]), pairings.tokenOf(codes[1000])]).toEqual([null, 'hk_1000']);
  });
});
