import { describe, expect, it } from 'vitest';
import { AccuracyTrack } from './accuracy-track.js';

describe('AccuracyTrack', () => {
  it('counts the model beside no change and majority, of one device at a time', () => {
    const track = new AccuracyTrack(1000, 100);
    const add = (endMs: number, device: string, said: number, label: number): void =>
      track.add({ endMs, device, said, label });
    add(100, 'a', 1, 1);
    add(200, 'a', 1, 1);
    add(300, 'b', 2, 2);
    add(400, 'a', 2, 2);
    // No change: a's second only. Majority, before each was counted: nothing, 1, 1, 1.
    expect(track.curves(0, 999, 1)).toEqual({
      seconds: [0.999],
      model: [1],
      noChange: [0.25],
      majority: [0.25],
    });
  });

  it('looks back over several steps, and says nothing where nothing was scored', () => {
    const track = new AccuracyTrack(1000, 100);
    track.add({ endMs: 500, device: 'a', said: 1, label: 1 });
    track.add({ endMs: 1500, device: 'a', said: 2, label: 1 });
    expect(track.curves(0, 4000, 2).model).toEqual([1, 0.5, 0, null, null]);
  });

  it('forgets steps that are out of sight, and passes over windows that are older', () => {
    const track = new AccuracyTrack(1000, 4);
    track.add({ endMs: 500, device: 'a', said: 1, label: 1 });
    track.add({ endMs: 4500, device: 'a', said: 2, label: 1 });
    track.add({ endMs: 600, device: 'a', said: 1, label: 1 });
    expect(track.recent(4500, 4000)).toEqual({ windows: 1, accuracy: 0 });
    expect(track.curves(0, 999, 1).model).toEqual([null]);
  });
});
