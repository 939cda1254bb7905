import type { ChannelEntry } from './channel.js';
import type { Subscription } from './subscription.js';

/**
 * Live subscriptions, found by what they ask for: with ten thousand subscribers each to a device of its own, an
 * entry must not be held against every filter.
 */
export class LiveIndex {
  private readonly members = new Set<Subscription>();
  private readonly unfiltered = new Set<Subscription>();
  private readonly byUser = new Map<string, Set<Subscription>>();
  private readonly byDevice = new Map<string, Set<Subscription>>();

  get size(): number {
    return this.members.size;
  }

  all(): Iterable<Subscription> {
    return this.members;
  }

  add(subscription: Subscription): void {
    this.members.add(subscription);
    for (const set of this.placesOf(subscription, true)) set.add(subscription);
  }

  delete(subscription: Subscription): void {
    if (!this.members.delete(subscription)) return;
    for (const set of this.placesOf(subscription, false)) set.delete(subscription);
    this.sweep(this.byUser, subscription.filter.users);
    this.sweep(this.byDevice, subscription.filter.devices);
  }

  /** Every subscription whose filter may match the entry, and some that don't; one may come up twice. */
  *concernedBy(entry: ChannelEntry): Iterable<Subscription> {
    if (entry.users === null || entry.devices === null) return yield* this.members;
    yield* this.unfiltered;
    for (const user of entry.users) yield* this.byUser.get(user) ?? [];
    for (const device of entry.devices) yield* this.byDevice.get(device) ?? [];
  }

  /** By device where it names devices, else by user, else unfiltered. */
  private placesOf({ filter }: Subscription, create: boolean): Set<Subscription>[] {
    const names = filter.devices ?? filter.users;
    if (names === null) return [this.unfiltered];
    const map = filter.devices !== null ? this.byDevice : this.byUser;
    const places: Set<Subscription>[] = [];
    for (const name of names) {
      let set = map.get(name);
      if (set === undefined && create) map.set(name, (set = new Set()));
      if (set !== undefined) places.push(set);
    }
    return places;
  }

  private sweep(map: Map<string, Set<Subscription>>, names: ReadonlySet<string> | null): void {
    for (const name of names ?? []) if (map.get(name)?.size === 0) map.delete(name);
  }
}
