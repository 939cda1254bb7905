import { ActivityVocabulary } from '@hark/contracts';
import { describe, expect, it } from 'vitest';
import { activityAt, activityNamed } from './annotations.js';

const HHAR = ActivityVocabulary.hhar;

describe('annotations', () => {
  it('hold from their own instant until the next one', () => {
    const annotations = [
      { ms: 10, subNs: 5, text: 'walk' },
      { ms: 20, subNs: 0, text: 'sit' },
    ];
    const at = (ms: number, subNs: number) => activityAt(annotations, { ms, subNs }, HHAR);
    expect([at(10, 4), at(10, 5), at(19, 999_999), at(20, 0)]).toEqual([null, 'walk', 'walk', 'sit']);
  });

  it('end a labelled stretch when they name no known activity', () => {
    const annotations = [
      { ms: 10, subNs: 0, text: 'walk' },
      { ms: 20, subNs: 0, text: 'met a dog' },
    ];
    expect(activityAt(annotations, { ms: 30, subNs: 0 }, HHAR)).toBeNull();
  });

  it.each([
    [' Walk ', 'walk'],
    ['stairs up', 'stairsup'],
    ['Stairs-Down', 'stairsdown'],
    ['stop', null],
    ['null', null],
    ['', null],
  ])('are read as people write: %j is %j', (text, activity) => {
    expect(activityNamed(text, HHAR)).toBe(activity);
  });

  it('become names where any name is taken', () => {
    expect(activityNamed('Nordic walking', ActivityVocabulary.any)).toBe('nordicwalking');
  });
});
