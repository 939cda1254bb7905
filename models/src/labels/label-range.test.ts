import { describe, expect, it } from 'vitest';
import { covers, parseLabelRecord, type LabelRange } from './label-range.js';

const parse = (value: unknown) => parseLabelRecord(new TextEncoder().encode(JSON.stringify(value)), 7);
const label = {
  kind: 'label',
  user: 'ann',
  device: null,
  fromNs: '1424686733090638193',
  toNs: '1424686743000000000',
  activity: 'walk',
  source: 'user',
};

describe('a record of labels', () => {
  it('is a range with the offset as its number, or an undo', () => {
    expect(parse(label)).toEqual({
      label: 7,
      user: 'ann',
      device: null,
      fromMs: 1424686733090.6382,
      toMs: 1424686743000,
      activity: 'walk',
    });
    expect(parse({ kind: 'undo', label: 3 })).toEqual({ undo: 3 });
  });

  it.each([
    null,
    'label',
    {},
    { ...label, kind: 'other' },
    { ...label, user: 1 },
    { ...label, device: undefined },
    { ...label, fromNs: 5 },
    { ...label, fromNs: '-5' },
    { ...label, toNs: label.fromNs },
    { ...label, activity: null },
    { kind: 'undo', label: 1.5 },
  ])('is refused as %j', (value) => {
    expect(parse(value)).toBe(null);
  });

  it('is refused when it is not JSON', () => {
    expect(parseLabelRecord(new Uint8Array([123, 255]), 0)).toBe(null);
  });
});

describe('a range', () => {
  const range: LabelRange = {
    label: 0,
    user: 'ann',
    device: 'phone',
    fromMs: 1000,
    toMs: 3000,
    activity: 'sit',
  };
  const phone = { user: 'ann', device: 'phone' };

  it('covers the windows whose middle lies in it, its end excluded', () => {
    expect([-1, 0, 1999, 2000].map((start) => covers(range, phone, start, 2000))).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });

  it('is of its device alone, or of every device of its user', () => {
    expect(covers(range, { user: 'ann', device: 'watch' }, 1000, 2000)).toBe(false);
    const every = { ...range, device: null };
    expect(covers(every, { user: 'ann', device: 'watch' }, 1000, 2000)).toBe(true);
    expect(covers(every, { user: 'bob', device: 'watch' }, 1000, 2000)).toBe(false);
  });
});
