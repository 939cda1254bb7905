import { describe, expect, it } from 'vitest';
import { FairShare } from './fair-share.js';

describe('a fair share', () => {
  it('rests a moment while nobody needs the time, and seven times the work while others do', async () => {
    const rests: number[] = [];
    const used = [0.9, 0.9, 0.2, 0];
    let isResting = false;
    const share = new FairShare(
      (ms) => {
        rests.push(ms);
        isResting = true;
        return Promise.resolve();
      },
      () => {
        // Asked before and after each rest: what came before is not looked at.
        if (!isResting) return 1;
        isResting = false;
        return used.shift() ?? 0;
      },
    );
    const { signal } = new AbortController();
    for (const worked of [10, 10, 200, 10, 10]) await share.rest(worked, signal);
    expect(rests).toEqual([1, 70, 500, 1, 1]);
  });
});
