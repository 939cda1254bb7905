import { EventEmitter } from 'node:events';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { expect, it } from 'vitest';
import { ManualClock } from '../testing/manual-clock.js';
import { SocketOutlet } from './socket-outlet.js';

/** A connection that swallows everything at once, as a loopback does, and a reader that answers when told to. */
function outlet() {
  const clock = new ManualClock();
  const pings: string[] = [];
  /** Frames of each call of the system. */
  const calls: number[] = [];
  let written = 0;
  const socket = { readyState: 1, OPEN: 1, ping: (data: string) => pings.push(data) };
  const connection = Object.assign(new EventEmitter(), {
    writableLength: 0,
    writableCorked: 0,
    cork: () => (connection.writableCorked = 1),
    uncork: () => {
      connection.writableCorked = 0;
      calls.push(written);
      written = 0;
    },
    write: (_frame: Buffer, left: () => void) => {
      written++;
      queueMicrotask(left);
    },
  });
  let stuck = 0;
  const limits = { bufferBytes: 4000, stuckMs: 20_000 };
  const made = new SocketOutlet(
    socket as unknown as WebSocket,
    connection as unknown as Duplex,
    clock,
    limits,
    () => stuck++,
  );
  return { clock, pings, calls, made, stuck: () => stuck };
}

const frame = Buffer.alloc(1000);

it('is full once more is unanswered for than it may hold, though the kernel has taken it all', () => {
  const { made, pings } = outlet();
  for (let i = 0; i < 5; i++) made.send(frame);
  expect(made.full).toBe(true);
  expect(pings).toEqual(['at 1000', 'at 2000', 'at 3000', 'at 4000', 'at 5000']);
  expect(made.acknowledged(Buffer.from('at 1000'))).toBe(true);
  expect(made.full).toBe(false);
});

it('takes no answer for one that it has not asked for', () => {
  const { made } = outlet();
  made.send(frame);
  for (const pong of ['', 'at 1001', 'at 0', 'at x', 'something']) {
    expect(made.acknowledged(Buffer.from(pong))).toBe(false);
  }
  expect(made.acknowledged(Buffer.from('at 1000'))).toBe(true);
  expect(made.acknowledged(Buffer.from('at 1000'))).toBe(false);
});

it('has room again when half of it has been read', async () => {
  const { made } = outlet();
  for (let i = 0; i < 5; i++) made.send(frame);
  let room = false;
  const drained = made.drained().then(() => (room = true));
  made.acknowledged(Buffer.from('at 2000'));
  await Promise.resolve();
  expect(room).toBe(false);
  made.acknowledged(Buffer.from('at 3000'));
  await drained;
});

it('is stuck when nothing has been read for 20 s, whatever heartbeats leave for the kernel meanwhile', async () => {
  const { made, clock, stuck } = outlet();
  for (let i = 0; i < 5; i++) made.send(frame);
  void made.drained();
  clock.advance(15_000);
  made.acknowledged(Buffer.from('at 1000'));
  clock.advance(15_000);
  made.send(Buffer.alloc(10));
  await Promise.resolve();
  clock.advance(4_999);
  expect(stuck()).toBe(0);
  clock.advance(1);
  expect(stuck()).toBe(1);
});

it('sends the frames of one turn together, and those of the next by themselves', async () => {
  const { made, calls } = outlet();
  for (let i = 0; i < 3; i++) made.send(frame);
  expect(calls).toEqual([]);
  await new Promise(setImmediate);
  made.send(frame);
  await new Promise(setImmediate);
  expect(calls).toEqual([3, 1]);
});
