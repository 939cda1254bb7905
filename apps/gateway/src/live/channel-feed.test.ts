import { subscribePayload } from '@hark/contracts';
import { UserScope } from '@hark/service';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ChannelFeed } from './channel-feed.js';
import { eventFraming } from './framing.js';
import { MemoryChannel } from './memory-channel.js';

/** A reader with room for so many frames as it is given. */
class ValveOutlet {
  readonly offsets: number[] = [];
  private waiting: (() => void)[] = [];
  private room = Infinity;

  get full(): boolean {
    return this.room === 0;
  }

  open(room: number): void {
    this.room = room;
    if (room > 0) for (const resolve of this.waiting.splice(0)) resolve();
  }

  send(frame: Buffer): void {
    if (this.full) throw new Error('sent to a full outlet');
    this.room--;
    this.offsets.push(Number(/^id: e:(\d+)/.exec(frame.toString())?.[1]));
  }

  drained(): Promise<void> {
    return this.full ? new Promise((resolve) => this.waiting.push(resolve)) : Promise.resolve();
  }
}

const action = fc.oneof(
  fc.record({ do: fc.constant('append' as const), n: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ do: fc.constant('valve' as const), reader: fc.nat(2), room: fc.nat(3) }),
  fc.record({ do: fc.constant('join' as const), reader: fc.nat(2), from: fc.nat(30) }),
);

it('whatever order reads, commits and stalls take, a subscriber gets each entry after its cursor once, in order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.array(action, { maxLength: 40 }), async (scheduler, actions) => {
      const stored = new MemoryChannel('e', 1_000_000);
      let end = 0;
      const feed = new ChannelFeed(
        {
          epoch: 'e',
          // Small slices, each answered when the scheduler pleases and with what stood when it was asked for.
          read: (from) => scheduler.schedule(stored.read(from, 60)),
          end: () => scheduler.schedule(stored.end()),
          changed: (signal) => stored.changed(signal),
        },
        {
          now: () => 0,
          after: () => () => undefined,
          turn: () => scheduler.schedule(Promise.resolve()),
        },
      );
      const readers = [new ValveOutlet(), new ValveOutlet(), new ValveOutlet()];
      const joined = new Map<ValveOutlet, number>();
      const failures: string[] = [];
      const act = async (each: (typeof actions)[number]): Promise<void> => {
        if (each.do === 'append') {
          for (let i = 0; i < each.n; i++, end++) {
            stored.append({
              users: ['a'],
              devices: ['d'],
              final: true,
              payload: '{"some":"payload of 30 bytes"}',
            });
          }
        } else if (each.do === 'valve') {
          readers[each.reader].open(each.room);
        } else if (!joined.has(readers[each.reader])) {
          const from = Math.min(each.from, end);
          joined.set(readers[each.reader], from);
          const since = { epoch: 'e', offset: from - 1 };
          feed.join(
            subscribePayload.parse({ channel: 'predictions', since }),
            UserScope.all,
            eventFraming,
            readers[each.reader],
            {
              begun: () => undefined,
              gap: () => failures.push('gap'),
              expired: () => failures.push('expired') > 0,
              failed: (code) => failures.push(code),
              completed: () => failures.push('completed'),
            },
          );
        }
        return Promise.resolve();
      };
      const sequence = scheduler.scheduleSequence(actions.map((each) => () => act(each)));
      await scheduler.waitIdle();
      await sequence.task;
      for (const reader of readers) reader.open(Infinity);
      await scheduler.waitIdle();
      expect(failures).toEqual([]);
      for (const [reader, from] of joined) {
        expect(reader.offsets).toEqual(Array.from({ length: end - from }, (_, i) => from + i));
      }
      expect(feed.liveSize).toBe(joined.size);
    }),
    { numRuns: 300 },
  );
});
