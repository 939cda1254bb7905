import { describe, expect, it } from 'vitest';
import { isExplainedBy, narrowestPlace } from './narrowest-place.js';
import { contains, deviceOf, EVERYONE, namesOf, userOf } from './place.js';

const PHONE = 'ann\u0000phone';
const WATCH = 'ann\u0000watch';
const BOBS = 'bob\u0000phone';

describe('a place', () => {
  it('contains itself and what is within it', () => {
    expect(contains(EVERYONE, 'ann')).toBe(true);
    expect(contains('ann', PHONE)).toBe(true);
    expect(contains('ann', 'anna')).toBe(false);
    expect(contains('ann', 'anna\u0000phone')).toBe(false);
    expect(contains(PHONE, 'ann')).toBe(false);
    expect(contains(PHONE, PHONE)).toBe(true);
  });

  it('names its user and device', () => {
    expect([userOf(PHONE), deviceOf(PHONE), userOf('ann'), deviceOf('ann')]).toEqual([
      'ann',
      'phone',
      'ann',
      null,
    ]);
    expect(namesOf(PHONE)).toEqual({ users: ['ann'], devices: ['phone'] });
    expect(namesOf('ann')).toEqual({ users: ['ann'], devices: [] });
    expect(namesOf(EVERYONE)).toEqual({ users: [], devices: [] });
  });
});

describe('the narrowest place', () => {
  it.each<[string, [string, number][], string]>([
    [
      'a device with two thirds of the change',
      [
        [PHONE, 8],
        [WATCH, 1],
        [BOBS, 3],
      ],
      PHONE,
    ],
    [
      'else a user with two thirds of it',
      [
        [PHONE, 5],
        [WATCH, 4],
        [BOBS, 3],
      ],
      'ann',
    ],
    [
      'else everyone',
      [
        [PHONE, 5],
        [WATCH, 1],
        [BOBS, 6],
      ],
      EVERYONE,
    ],
    [
      'everyone when nothing adds to it',
      [
        [PHONE, 0],
        [BOBS, 0],
      ],
      EVERYONE,
    ],
  ])('is %s', (_title, parts, place) => {
    expect(narrowestPlace({ place: EVERYONE, parts })).toBe(place);
  });

  it('explains a change when two thirds of it lie at some places', () => {
    const parts: [string, number][] = [
      [PHONE, 5],
      [WATCH, 1],
      [BOBS, 6],
    ];
    expect(isExplainedBy({ parts }, [PHONE])).toBe(false);
    expect(isExplainedBy({ parts }, [PHONE, 'bob'])).toBe(true);
    expect(isExplainedBy({ parts: [] }, [EVERYONE])).toBe(false);
  });
});
