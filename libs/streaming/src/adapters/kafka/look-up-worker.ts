import { workerData, type MessagePort } from 'node:worker_threads';
import { FrameCache } from './frame-cache.js';
import { KafkaConnection } from './kafka-connection.js';
import type { LookUpAnswer, LookUpRequest, LookUpSetup } from './look-up-request.js';
import { PartitionView } from './partition-view.js';

/** Records before the one asked for that are brought along: the one before is mostly asked for next, or the one behind. */
const BEFORE = 256;

const { setup, port } = workerData as { setup: LookUpSetup; port: MessagePort };
const connection = new KafkaConnection(setup.options);
const views = new Map<string, PartitionView>();

function viewOf(topic: string, partition: number): PartitionView {
  const key = `${topic}/${partition}`;
  let view = views.get(key);
  if (view === undefined) {
    const kafkaTopic = setup.options.prefix + topic;
    const once = <T>(work: () => Promise<T>) => work();
    const cache = new FrameCache(0);
    view = new PartitionView(topic, partition, kafkaTopic, connection, cache, once, () => undefined);
    views.set(key, view);
  }
  return view;
}

async function answer({ topic, partition, offset }: LookUpRequest): Promise<LookUpAnswer> {
  try {
    const frames = await viewOf(topic, partition).framesAround(offset, Math.max(0, offset - BEFORE));
    return { frames: frames.map((frame) => ({ ...frame, payload: new Uint8Array(frame.payload) })) };
  } catch (error) {
    return { failure: (error as Error).message };
  }
}

port.on('message', (request: LookUpRequest) => {
  void answer(request).then((found) => {
    port.postMessage(found);
    Atomics.store(setup.answered, 0, 1);
    Atomics.notify(setup.answered, 0);
  });
});
