import { describe, expect, it } from 'vitest';
import { ActivityVocabulary } from '@hark/contracts';
import { KnownActivities } from './known-activities.js';

describe('KnownActivities', () => {
  it('is the vocabulary where that is fixed', () => {
    const known = new KnownActivities(ActivityVocabulary.hhar);
    expect([known.has('walk'), known.has('swim'), known.names]).toEqual([true, false, []]);
  });

  it('takes the first 32 names where any is allowed, and those again after a restart', () => {
    const known = new KnownActivities(ActivityVocabulary.any);
    for (let i = 0; i < 32; i++) expect(known.has(`a${i}`)).toBe(true);
    expect([known.has('one-more'), known.has('a31'), known.has('No Name')]).toEqual([false, true, false]);
    const again = new KnownActivities(ActivityVocabulary.any, known.names);
    expect([again.has('one-more'), again.has('a0')]).toEqual([false, true]);
  });
});
