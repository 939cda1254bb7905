import { describe, expect, it } from 'vitest';
import { FencedError } from '@hark/streaming';
import { HeldPartitions, type PartitionWork } from './held-partitions.js';

function harness() {
  const events: string[] = [];
  const failures: unknown[] = [];
  const works = new Map<number, { fail: (error: Error) => void }>();
  const pauses: (() => void)[] = [];
  const held = new HeldPartitions<PartitionWork>({
    open: async (partition) => {
      events.push(`open ${partition}`);
      await Promise.resolve();
      let fail: (error: Error) => void = () => undefined;
      const running = new Promise<void>((_, reject) => (fail = reject));
      works.set(partition, { fail });
      return {
        run: () => running,
        stop: async () => {
          await Promise.resolve();
          events.push(`stopped ${partition}`);
        },
      };
    },
    onChange: () => undefined,
    onFailure: (error) => failures.push(error),
    pause: () => new Promise((resolve) => pauses.push(resolve)),
  });
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  return { held, events, failures, works, pauses, settled };
}

describe('the partitions that a process holds', () => {
  it('are opened when they are assigned, and closed when they are not any more', async () => {
    const { held, events, settled } = harness();
    expect(held.missing()).toBe('no partitions have been assigned yet');
    held.assign([0, 2]);
    expect(held.missing()).toBe('partitions 0, 2 are being opened');
    await settled();
    expect(held.missing()).toBe(null);
    held.assign([2, 3]);
    await settled();
    expect(events).toEqual(['open 0', 'open 2', 'open 3', 'stopped 0']);
    expect(held.held).toEqual([2, 3]);
  });

  it('are opened again only when they have been closed', async () => {
    const { held, events, settled } = harness();
    held.assign([1]);
    await settled();
    held.assign([]);
    held.assign([1]);
    held.assign([]);
    held.assign([1]);
    await settled();
    // What is asked for last counts; what was never reached is not done.
    expect(held.held).toEqual([1]);
    for (let i = 1; i < events.length; i++) expect(events[i]).not.toBe(events[i - 1]);
  });

  it('are let go where another has taken over, and opened again by the next assignment', async () => {
    const { held, events, works, failures, settled } = harness();
    held.assign([1]);
    await settled();
    works.get(1)!.fail(new FencedError('ingest'));
    await settled();
    expect(held.get(1)).toBe(null);
    held.assign([1]);
    await settled();
    expect(events).toEqual(['open 1', 'stopped 1', 'open 1']);
    expect(failures).toEqual([]);
  });

  it('are taken back from one that has no right to them, once another assignment would be known', async () => {
    const { held, events, works, pauses, settled } = harness();
    held.assign([1]);
    await settled();
    works.get(1)!.fail(new FencedError('ingest'));
    await settled();
    expect(held.held).toEqual([]);
    pauses[0]();
    await settled();
    expect(held.held).toEqual([1]);
    expect(events).toEqual(['open 1', 'stopped 1', 'open 1']);
  });

  it('stay with the other where they have been assigned to it by then', async () => {
    const { held, events, works, pauses, settled } = harness();
    held.assign([1]);
    await settled();
    works.get(1)!.fail(new FencedError('ingest'));
    held.assign([]);
    await settled();
    pauses[0]();
    await settled();
    expect(events).toEqual(['open 1', 'stopped 1']);
  });

  it('end the process where one can not go on for another reason', async () => {
    const { held, works, failures, settled } = harness();
    held.assign([1]);
    await settled();
    const error = new Error('corrupt');
    works.get(1)!.fail(error);
    await settled();
    expect(failures).toEqual([error]);
  });
});
