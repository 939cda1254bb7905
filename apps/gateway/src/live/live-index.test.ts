import { subscribePayload } from '@hark/contracts';
import { UserScope } from '@hark/service';
import { expect, it } from 'vitest';
import { ChannelFilter } from './channel.js';
import { LiveIndex } from './live-index.js';
import type { Subscription } from './subscription.js';

const of = (users?: string[], devices?: string[]) =>
  ({
    filter: new ChannelFilter(
      subscribePayload.parse({ channel: 'predictions', users, devices }),
      UserScope.all,
    ),
  }) as Subscription;

const entry = (user: string, device: string) => ({
  offset: 0,
  users: [user],
  devices: [device],
  final: true,
  payload: '{}',
});

it('finds who asks for everything, for the user, for the device, or for both, and nobody else', () => {
  const index = new LiveIndex();
  const all = of();
  const user = of(['a']);
  const device = of(undefined, ['phone']);
  const both = of(['a', 'b'], ['phone', 'watch']);
  const others = [of(['c']), of(undefined, ['tablet']), of(['c'], ['phone']), of(['a'], ['tablet'])];
  for (const each of [all, user, device, both, ...others]) index.add(each);
  expect(new Set(index.concernedBy(entry('a', 'phone')))).toEqual(new Set([all, user, device, both]));
});

it('does not hold an entry against subscribers to devices of the same name of other users', () => {
  const index = new LiveIndex();
  for (let i = 0; i < 1000; i++) index.add(of([`u${i}`], ['phone']));
  expect([...index.concernedBy(entry('u7', 'phone'))]).toHaveLength(1);
});

it('forgets who has left', () => {
  const index = new LiveIndex();
  const members = [of(), of(['a']), of(undefined, ['phone']), of(['a'], ['phone'])];
  for (const each of members) index.add(each);
  for (const each of members) index.delete(each);
  expect([...index.concernedBy(entry('a', 'phone'))]).toEqual([]);
  expect(index.size).toBe(0);
});
