import { describe, expect, it } from 'vitest';
import { madeOnce } from './made-once.js';

describe('madeOnce', () => {
  it('makes nothing before it is asked, and then once', () => {
    let made = 0;
    const document = madeOnce(() => ({ made: ++made }));
    expect(made).toBe(0);
    expect(document()).toBe(document());
    expect(made).toBe(1);
  });

  it('tries again where making has failed', () => {
    let tries = 0;
    const document = madeOnce(() => {
      if (++tries === 1) throw new Error('not yet');
      return tries;
    });
    expect(document).toThrow('not yet');
    expect(document()).toBe(2);
  });
});
