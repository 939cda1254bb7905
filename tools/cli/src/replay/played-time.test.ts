import { describe, expect, it } from 'vitest';
import { PlayedTime } from './played-time.js';

/** Time played after each row. */
function played(rows: readonly (readonly [device: string, eventMs: number])[]): number[] {
  const time = new PlayedTime();
  return rows.map(([device, eventMs]) => {
    time.add(device, eventMs);
    return time.ms;
  });
}

describe('the time that a recording has played', () => {
  it('is the event time since the first row, and never goes back', () => {
    expect(
      played([
        ['a', 5000],
        ['a', 5020],
        ['a', 5010],
        ['a', 6000],
      ]),
    ).toEqual([0, 20, 20, 1000]);
  });

  it('is shared by devices side by side whose clocks differ', () => {
    expect(
      played([
        ['a', 9_000_000],
        ['b', 100],
        ['a', 9_000_500],
        ['b', 600],
        ['b', 700],
      ]),
    ).toEqual([0, 0, 500, 500, 600]);
  });

  it('adds up over devices that follow each other in the file, though they were recorded at one time', () => {
    expect(
      played([
        ['a', 1000],
        ['a', 31_000],
        ['b', 1000],
        ['b', 31_000],
      ]),
    ).toEqual([0, 30_000, 30_000, 60_000]);
  });

  it('counts a pause of a minute, and neither a longer one nor a clock that jumps back', () => {
    expect(
      played([
        ['a', 0],
        ['a', 60_000],
        ['a', 120_001],
        ['a', 120_101],
        ['a', 50],
        ['a', 150],
      ]),
    ).toEqual([0, 60_000, 60_000, 60_100, 60_100, 60_200]);
  });
});
