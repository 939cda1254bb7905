import { describe, expect, it } from 'vitest';
import type { LogRecord } from '../../log/log.js';
import { HEADER_BYTES, openValue, seal } from './checked-value.js';
import { MAX_FRAME_BYTES, decodeFrame, encodeFrames } from './frame.js';
import { frameKey } from './keys.js';

const records = (...sizes: number[]) => sizes.map((size) => ({ key: 'k', value: new Uint8Array(size) }));
const HALF = MAX_FRAME_BYTES / 2;

describe('frames', () => {
  it('are stored as documented', () => {
    const [{ count, value }] = encodeFrames(
      [
        { key: 'é', value: new Uint8Array([1, 2]) },
        { key: '', value: new Uint8Array([3]) },
      ],
      1.5,
    );
    expect(count).toBe(2);
    const key = frameKey('samples', 0, 1);
    const stored = seal(key, value);
    expect(stored[0]).toBe(1);
    expect(stored.subarray(HEADER_BYTES).toString('hex')).toBe(
      '000000000000f83f' +
        '02000000' +
        '02000000' +
        '02000000' +
        '00000000' +
        '01000000' +
        'c3a9' +
        '0102' +
        '03',
    );
  });

  it.each([
    [[], []],
    [[0], [1]],
    [[HALF - 9, HALF - 9], [2]],
    [
      [HALF - 9, HALF - 8],
      [1, 1],
    ],
    [
      [3 * MAX_FRAME_BYTES, 1, 1],
      [1, 2],
    ],
    [
      [1, 3 * MAX_FRAME_BYTES, 1],
      [1, 1, 1],
    ],
  ])('of records of %j bytes hold %j records', (sizes, counts) => {
    expect(encodeFrames(records(...sizes), 0).map(({ count }) => count)).toEqual(counts);
  });

  it('give back the records from an offset on', () => {
    const [{ value }] = encodeFrames(records(1, 2, 3), 0);
    const read: LogRecord[] = [];
    expect(decodeFrame(value.bytes.subarray(HEADER_BYTES), 12, 11, read)).toBe(5);
    expect(read.map(({ offset, value: { length } }) => [offset, length])).toEqual([
      [11, 2],
      [12, 3],
    ]);
  });

  it('are not accepted with any bit changed, nor under another key', () => {
    const key = frameKey('samples', 0, 2);
    const stored = seal(key, encodeFrames(records(1, 2, 3), 0)[0].value);
    expect(openValue(key, stored)).not.toBe(null);
    for (let bit = 0; bit < stored.length * 8; bit++) {
      const damaged = Buffer.from(stored);
      damaged[bit >> 3] ^= 1 << (bit & 7);
      expect(openValue(key, damaged)).toBe(null);
    }
    expect(openValue(frameKey('samples', 0, 3), stored)).toBe(null);
    expect(openValue(frameKey('windows', 0, 2), stored)).toBe(null);
    expect(openValue(key, stored.subarray(0, 3))).toBe(null);
  });
});
