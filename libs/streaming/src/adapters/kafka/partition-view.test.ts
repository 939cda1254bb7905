import { expect, it } from 'vitest';
import { HEADER_BYTES } from '../lmdb/checked-value.js';
import { encodeFrames } from '../lmdb/frame.js';
import { FrameCache } from './frame-cache.js';
import { encodeKey, sealFrame } from './frame-message.js';
import type { Fetched, KafkaConnection, Place } from './kafka-connection.js';
import type { ProtocolMessage } from './kafkajs-protocol.js';
import { PartitionView } from './partition-view.js';

/** A partition at a broker, each record a message of its own; what is read of it may be held back. */
class FakeBroker {
  readonly messages: ProtocolMessage[] = [];
  private held: Promise<void> | null = null;

  append(value: string): void {
    const offset = this.messages.length;
    const [frame] = encodeFrames([{ key: '', value: Buffer.from(value) }], 0);
    this.messages.push({
      offset: String(offset),
      key: encodeKey(offset),
      value: sealFrame('topic', 0, offset, frame),
    } as ProtocolMessage);
  }

  /** What is read next is answered as of then, but when the function returned is called. */
  hold(): () => void {
    let release = () => undefined as void;
    this.held = new Promise((resolve) => (release = resolve));
    return release;
  }

  async fetch([{ kafkaOffset }]: readonly Place[], maxBytes: number): Promise<Fetched[]> {
    const stable = this.messages.length;
    const messages = this.messages.slice(kafkaOffset);
    // One byte looks for a place: what is read comes behind it.
    if (maxBytes > 1) {
      const { held } = this;
      this.held = null;
      await held;
    }
    return [{ topic: 'topic', partition: 0, messages, next: stable, stable }];
  }

  stableEnd(): Promise<number> {
    return Promise.resolve(this.messages.length);
  }
}

function viewOf(broker: FakeBroker): PartitionView {
  const connection = broker as unknown as KafkaConnection;
  const cache = new FrameCache(1 << 20);
  return new PartitionView(
    'topic',
    0,
    'topic',
    connection,
    cache,
    (work) => work(),
    () => undefined,
  );
}

it('has to read what it has said to stand, also where a reader that was slower comes to the end before', async () => {
  const broker = new FakeBroker();
  const view = viewOf(broker);
  for (const value of ['a', 'b']) broker.append(value);
  const release = broker.hold();
  const slow = view.read(2, 1);
  await new Promise((resolve) => setImmediate(resolve));
  broker.append('c');
  expect(await view.end()).toBe(3);
  release();
  await slow;
  expect(await view.end()).toBe(3);
  expect((await view.read(2, 1)).map(({ value }) => String(value))).toEqual(['c']);
});

it("is its process's own for a while once that has committed to it, and what it committed is read without a broker", async () => {
  const broker = new FakeBroker();
  const view = viewOf(broker);
  await view.read(0, 1);
  expect(view.isOwn).toBe(false);
  const [frame] = encodeFrames([{ key: '', value: Buffer.from('a') }], 0);
  const payload = sealFrame('topic', 0, 0, frame).subarray(HEADER_BYTES);
  view.committed([{ first: 0, end: 1, kafkaOffset: 0, payload }]);
  expect(view.isOwn).toBe(true);
  expect(view.tailOffset).toBe(1);
  expect((await view.read(0, 1)).map(({ value }) => String(value))).toEqual(['a']);
});
