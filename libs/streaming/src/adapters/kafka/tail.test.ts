import { afterEach, expect, it, vi } from 'vitest';
import { Availability } from './availability.js';
import type { Fetched, KafkaConnection, Place } from './kafka-connection.js';
import type { PartitionView } from './partition-view.js';
import { Tail } from './tail.js';

/** A broker that never has anything; what it was asked for last, by topic. */
class QuietBroker {
  asked: readonly string[] | null = null;

  leaderId(): Promise<string> {
    return Promise.resolve('1');
  }

  async fetch(places: readonly Place[]): Promise<Fetched[]> {
    this.asked = places.map(({ topic }) => topic);
    await new Promise((resolve) => setImmediate(resolve));
    return [];
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

function viewOf(topic: string, isOwn: boolean) {
  const view = { kafkaTopic: topic, partition: 0, tailOffset: 0, isOwn };
  return view as typeof view & PartitionView;
}

let tail: Tail | null = null;
afterEach(() => tail?.close());

function tailOf(broker: QuietBroker): Tail {
  return (tail = new Tail(() => broker as unknown as KafkaConnection, new Availability()));
}

it('asks for what others write, and for what this process writes once that rests', async () => {
  const broker = new QuietBroker();
  const own: { isOwn: boolean } & PartitionView = viewOf('samples', true);
  const following = tailOf(broker);
  following.watch(own);
  following.watch(viewOf('predictions', false));
  await vi.waitFor(() => expect(broker.asked).toEqual(['predictions']));
  own.isOwn = false;
  await vi.waitFor(() => expect(broker.asked).toEqual(['samples', 'predictions']));
});

it('asks for nothing while this process alone writes, and goes on by itself', async () => {
  const broker = new QuietBroker();
  const own: { isOwn: boolean } & PartitionView = viewOf('samples', true);
  const following = tailOf(broker);
  following.watch(own);
  following.watch(own);
  await new Promise((resolve) => setImmediate(resolve));
  expect(broker.asked).toBe(null);
  own.isOwn = false;
  await vi.waitFor(() => expect(broker.asked).toEqual(['samples']));
});
