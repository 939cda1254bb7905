import { TOPICS } from '@hark/contracts';
import { MemoryLog } from '@hark/streaming';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { madeUpPredictions } from '../../testing/made-up-predictions.js';
import { ManualClock } from '../../testing/manual-clock.js';
import type { ChannelEntry } from '../channel.js';
import { derivationFor, LiveViews } from '../latest/live-views.js';
import { Checkpoints } from './checkpoints.js';
import { predictionOf, timed } from './derivation.js';
import { DerivedChannel } from './derived-channel.js';

const RECORDS = 10_000;
const CHANNELS = [
  { channel: 'transitions', mode: 'append' },
  { channel: 'transitions', mode: 'update', minConfidence: 0.8, leaveConfidence: 0.5, dwellMs: 5000 },
  { channel: 'fused', mode: 'append' },
  { channel: 'fused', mode: 'update' },
] as const;

async function logOf(count: number, seed = 1): Promise<MemoryLog> {
  const log = new MemoryLog({ now: () => 1000, epoch: 'e1' });
  const writer = await log.writer('learner');
  const records = madeUpPredictions(count, seed);
  records.splice(count >> 1, 1, { key: '', value: new Uint8Array([0x7b, 0x7d]) });
  await writer.commit({ appends: [{ topic: TOPICS.predictions, partition: 0, records }] });
  return log;
}

type Payload = Parameters<typeof derivationFor>[0];

/** The oracle: one fold over the whole log. */
async function folded(log: MemoryLog, payload: Payload): Promise<[number, string][]> {
  const derivation = derivationFor(payload).make();
  const messages: [number, string][] = [];
  for (const record of await log.read(TOPICS.predictions, 0, 0, Infinity)) {
    const prediction = predictionOf(record);
    const message = prediction === null ? null : derivation.take(record.offset, timed(prediction));
    if (message !== null) messages.push([record.offset, message().payload]);
  }
  return messages;
}

function channelOf(log: MemoryLog, payload: Payload, checkpoints = new Checkpoints(false)): DerivedChannel {
  const { make } = derivationFor(payload);
  return new DerivedChannel(log, TOPICS.predictions, make, checkpoints, new ManualClock());
}

async function readFrom(
  channel: DerivedChannel,
  from: number,
  maxBytes: number,
): Promise<[number, string][]> {
  const messages: [number, string][] = [];
  for (let next = from; ;) {
    const slice = await channel.read(next, maxBytes);
    if (slice.next === next) return messages;
    messages.push(...slice.entries.map(({ offset, payload }): [number, string] => [offset, payload]));
    next = slice.next;
  }
}

it.each(CHANNELS)('read from anywhere, in any slices, is what one fold gives: %o', async (payload) => {
  const log = await logOf(RECORDS);
  const whole = await folded(log, payload);
  expect(whole.length).toBeGreaterThan(50);
  const channel = channelOf(log, payload);
  await fc.assert(
    fc.asyncProperty(fc.nat(RECORDS), fc.integer({ min: 1, max: 200_000 }), async (from, maxBytes) => {
      expect(await readFrom(channel, from, maxBytes)).toEqual(whole.filter(([offset]) => offset >= from));
    }),
    { numRuns: 15 },
  );
});

it('serves readers at different places at once', async () => {
  const log = await logOf(RECORDS);
  const whole = await folded(log, CHANNELS[2]);
  const channel = channelOf(log, CHANNELS[2]);
  const starts = [9000, 10, 4096, 8191, 0, 4095, 9999];
  const read = await Promise.all(starts.map((from) => readFrom(channel, from, 5000)));
  read.forEach((messages, i) => expect(messages).toEqual(whole.filter(([offset]) => offset >= starts[i])));
});

it.each(CHANNELS)('goes on exactly from a checkpoint that was stored and restored: %o', async (payload) => {
  const log = await logOf(RECORDS);
  const views = new LiveViews(log, 30_000);
  const records = await log.read(TOPICS.predictions, 0, 0, Infinity);
  for (const record of records.slice(0, 6000)) views.process('', 0, record);
  const before = views.snapshot();
  const restored = new LiveViews(log, 30_000);
  restored.restore(before);
  for (const record of records.slice(6000, 8000)) restored.process('', 0, record);
  const again = new LiveViews(log, 30_000);
  again.restore(restored.snapshot());
  const { name } = derivationFor(payload);
  const checkpoints = again.checkpointsOf(name) ?? new Checkpoints(false);
  if (payload.mode === 'append') expect(checkpoints.nearest(7999).offset).toBe(6000);
  if (payload.mode === 'append') expect(checkpoints.nearest(9000).offset).toBe(8000);
  const whole = await folded(log, payload);
  for (const from of [9500, 8000, 7000, 6000, 5999])
    expect(await readFrom(channelOf(log, payload, checkpoints), from, 50_000)).toEqual(
      whole.filter(([offset]) => offset >= from),
    );
});

it.each([3 * 4096, 5000, 1, 0])(
  'a snapshot of %i records is the newest of each, and where the rest begins',
  async (count) => {
    const log = new MemoryLog({ now: () => 1000, epoch: 'e1' });
    const writer = await log.writer('learner');
    const records = madeUpPredictions(count);
    await writer.commit({ appends: [{ topic: TOPICS.predictions, partition: 0, records }] });
    const newest = new Map<string, number>();
    for (const [offset, payload] of await folded(log, CHANNELS[2]))
      newest.set((JSON.parse(payload) as { user: string }).user, offset);
    const { next, entries } = await channelOf(log, CHANNELS[2]).snapshot();
    expect(next).toBe(count);
    expect(entries.map(({ offset }: ChannelEntry) => offset)).toEqual(
      [...newest.values()].sort((a, b) => a - b),
    );
  },
);

it('has for readers that come at once what one of them has come to', async () => {
  const log = await logOf(100);
  const channel = channelOf(log, { channel: 'fused', mode: 'append' });
  const slices = await Promise.all([0, 30, 60].map((from) => channel.read(from, Infinity)));
  expect(slices.map(({ next }) => next)).toEqual([100, 100, 100]);
});
