import { expect, it } from 'vitest';
import { ManualClock } from '../testing/manual-clock.js';
import { Conflation } from './conflation.js';
import { EntryFrames } from './framing.js';

const frames = (offset: number, device = 'd1', user = 'a') =>
  new EntryFrames({ offset, users: [user], devices: [device], final: true, payload: '{}' });

function conflation(of: 'device' | 'user' = 'device') {
  const clock = new ManualClock();
  const outlet = { full: false, send: () => undefined, drained: () => Promise.resolve() };
  const sent: [number, number][] = [];
  const held = new Conflation(4, of, clock, outlet, ({ entry }) => sent.push([clock.now(), entry.offset]));
  return { clock, outlet, sent, held };
}

it('sends the first at once, and of what comes within a period the newest of each device, in order', () => {
  const { clock, sent, held } = conflation();
  held.offer(frames(0));
  held.offer(frames(1));
  held.offer(frames(2, 'd2'));
  held.offer(frames(3));
  held.offer(frames(4, 'd2'));
  clock.advance(249);
  expect(sent).toEqual([[0, 0]]);
  clock.advance(1);
  expect(sent.slice(1)).toEqual([
    [250, 3],
    [250, 4],
  ]);
  clock.advance(1000);
  expect(clock.pending).toBe(0);
  held.offer(frames(5));
  expect(sent.at(-1)).toEqual([1250, 5]);
});

it('takes the devices of a user for one where it conflates by user', () => {
  const { clock, sent, held } = conflation('user');
  for (let i = 0; i < 4; i++) held.offer(frames(i, `d${i}`));
  clock.advance(250);
  expect(sent.map(([, offset]) => offset)).toEqual([0, 3]);
});

it('keeps the newest while the reader has no room', () => {
  const { clock, outlet, sent, held } = conflation();
  outlet.full = true;
  for (let i = 0; i < 100; i++) held.offer(frames(i));
  clock.advance(1000);
  expect(sent).toEqual([]);
  outlet.full = false;
  clock.advance(250);
  expect(sent).toEqual([[1250, 99]]);
});

it('leaves no timer behind when it ends', () => {
  const { clock, sent, held } = conflation();
  held.offer(frames(0));
  held.offer(frames(1));
  held.end();
  expect(clock.pending).toBe(0);
  clock.advance(1000);
  expect(sent).toEqual([[0, 0]]);
});
