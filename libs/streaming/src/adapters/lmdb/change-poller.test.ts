import { describe, expect, it } from 'vitest';
import { ChangePoller } from './change-poller.js';

const never = () => new AbortController().signal;
const settled = async (promise: Promise<void>) => {
  let done = false;
  void promise.then(() => (done = true));
  await new Promise((resolve) => setImmediate(resolve));
  return done;
};

describe('a change poller', () => {
  it('wakes every waiter when the number has changed since', async () => {
    let number = 7;
    const poller = new ChangePoller(() => number);
    const waiting = [poller.changed(never()), poller.changed(never())];
    expect(await settled(waiting[0])).toBe(false);
    number = 8;
    await Promise.all(waiting);
  });

  it('wakes at once when it is told to', async () => {
    const poller = new ChangePoller(() => 0);
    const waiting = poller.changed(never());
    poller.wake();
    expect(await settled(waiting)).toBe(true);
  });

  it('watches once it has been quiet, wakes when the watch tells of a change, and ends the watch then', async () => {
    let number = 7;
    let tell: (() => void) | null = null;
    let watches = 0;
    const poller = new ChangePoller(
      () => number,
      (changed) => {
        watches++;
        tell = changed;
        return () => (tell = null);
      },
    );
    const waiting = poller.changed(never());
    while (tell === null) await new Promise((resolve) => setTimeout(resolve, 20));
    (tell as () => void)();
    expect(await settled(waiting)).toBe(false);
    number = 8;
    (tell as () => void)();
    expect(await settled(waiting)).toBe(true);
    expect([watches, tell]).toEqual([1, null]);
  });

  it('does not ask for the number while nobody waits', async () => {
    let asked = 0;
    const poller = new ChangePoller(() => asked++ && 0);
    const abort = new AbortController();
    const waiting = poller.changed(abort.signal);
    abort.abort();
    await waiting;
    const before = asked;
    await new Promise((resolve) => setTimeout(resolve, 4));
    expect(asked).toBe(before);
  });

  it('lets a waiter go when the number cannot be had, so that its own read says why', async () => {
    let broken = false;
    const poller = new ChangePoller(() => {
      if (broken) throw new Error('gone');
      return 0;
    });
    const waiting = poller.changed(never());
    broken = true;
    await waiting;
  });
});
