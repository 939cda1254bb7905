import { describe, expect, it } from 'vitest';
import { headOf } from './plain-socket.js';

describe('the head of a frame', () => {
  it('says lengths in 7, 16 or 64 bits, and a mask of zeros', () => {
    expect([...headOf(1, 125)]).toEqual([0x81, 0x80 | 125, 0, 0, 0, 0]);
    expect([...headOf(1, 126)]).toEqual([0x81, 0x80 | 126, 0, 126, 0, 0, 0, 0]);
    expect([...headOf(1, 65_535)]).toEqual([0x81, 0x80 | 126, 255, 255, 0, 0, 0, 0]);
    expect([...headOf(1, 65_536)]).toEqual([0x81, 0x80 | 127, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
  });
});
