import { deviceKey } from '@hark/contracts';
import type { ChannelEntry, ChannelFilter } from './channel.js';
import type { Subscription } from './subscription.js';

/**
 * Live subscriptions, found by what they ask for: with ten thousand subscribers each to a device of its own, an
 * entry must not be held against every filter.
 */
export class LiveIndex {
  private readonly members = new Set<Subscription>();
  private readonly unfiltered = new Set<Subscription>();
  private readonly byName = new Map<string, Set<Subscription>>();

  get size(): number {
    return this.members.size;
  }

  has(subscription: Subscription): boolean {
    return this.members.has(subscription);
  }

  all(): Iterable<Subscription> {
    return this.members;
  }

  add(subscription: Subscription): void {
    this.members.add(subscription);
    const names = namesOf(subscription.filter);
    if (names === null) this.unfiltered.add(subscription);
    for (const name of names ?? []) {
      const set = this.byName.get(name);
      if (set === undefined) this.byName.set(name, new Set([subscription]));
      else set.add(subscription);
    }
  }

  delete(subscription: Subscription): void {
    if (!this.members.delete(subscription)) return;
    this.unfiltered.delete(subscription);
    for (const name of namesOf(subscription.filter) ?? []) {
      const set = this.byName.get(name);
      set?.delete(subscription);
      if (set?.size === 0) this.byName.delete(name);
    }
  }

  /** Every subscription whose filter may match the entry, and some that don't; one may come up twice. */
  *concernedBy({ users, devices }: ChannelEntry): Iterable<Subscription> {
    if (users === null || devices === null) return yield* this.members;
    yield* this.unfiltered;
    for (const user of users) yield* this.byName.get(userName(user)) ?? [];
    for (const device of devices) {
      yield* this.byName.get(deviceName(device)) ?? [];
      for (const user of users) yield* this.byName.get(deviceKey({ user, device })) ?? [];
    }
  }
}

/** Pairs of user and device that one subscription is found by at most; one that names more is found by user. */
const MOST_PAIRS = 100;

/** Names of a user alone and of a device alone: neither looks like a device key, whose user is never empty. */
const userName = (user: string): string => `${user}\u0000`;
const deviceName = (device: string): string => `\u0000${device}`;

/** What a filter is found by: by pairs where it names both, else by device, by user; null = by everything. */
function namesOf({ users, devices }: ChannelFilter): string[] | null {
  if (users === null) return devices === null ? null : [...devices].map(deviceName);
  if (devices === null || users.size * devices.size > MOST_PAIRS) return [...users].map(userName);
  return [...users].flatMap((user) => [...devices].map((device) => deviceKey({ user, device })));
}
