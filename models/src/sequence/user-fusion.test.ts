import { StateReader, StateWriter } from '@hark/streaming';
import { describe, expect, it } from 'vitest';
import { UserFusion, type DeviceOpinion } from './user-fusion.js';

const SIZE = 2560;

function opinion(device: string, atMs: number, p: number): DeviceOpinion {
  return {
    ...{ device, model: device, activity: p < 0.5 ? 'walk' : 'sit', confidence: Math.max(p, 1 - p) },
    ...{ startMs: atMs - 500, endMs: atMs - 500 + SIZE, clockOffsetMs: 500 },
    probabilities: { sit: p, walk: 1 - p },
  };
}

/** First probability and number of devices. */
function ask(fusion: UserFusion, device: string, atMs: number, p: number, user = 'ann'): [number, number] {
  const asked = opinion(device, atMs, p);
  const { probabilities, opinions } = fusion.fuse(user, asked, null);
  expect(opinions[0]).toBe(asked);
  return [probabilities.sit, opinions.length];
}

describe('the fusion of what a user wears', () => {
  it('leaves a device alone with what it says', () => {
    const fusion = new UserFusion();
    expect(ask(fusion, 'phone', 0, 0.7)).toEqual([0.7, 1]);
    expect(ask(fusion, 'phone', 1280, 0.2)).toEqual([0.2, 1]);
  });

  it('pools what two devices say of the same time', () => {
    const fusion = new UserFusion();
    ask(fusion, 'phone', 0, 0.8);
    expect(ask(fusion, 'watch', 300, 0.4)).toEqual([expect.closeTo(0.7272727272727, 12), 2]);
    expect(ask(fusion, 'ring', 0, 0.5)[1]).toBe(3);
  });

  it('takes the nearest window of the other device, less than half a window off, also if one lags behind by 10 s', () => {
    const fusion = new UserFusion();
    ask(fusion, 'watch', -1280, 0.5);
    for (let i = 0; i <= 8; i++) ask(fusion, 'phone', i * 1280, i === 1 ? 0.2 : 0.9);
    expect(ask(fusion, 'watch', 1000, 0.5)).toEqual([expect.closeTo(0.2, 12), 2]);
    expect(ask(fusion, 'watch', 8 * 1280 + 1280, 0.5)).toEqual([0.5, 1]);
  });

  it('remembers of a device that is alone its newest window, and all within 20 s once there is another', () => {
    const fusion = new UserFusion();
    for (let i = 0; i <= 8; i++) ask(fusion, 'phone', i * 1280, 0.9);
    expect(fusion.size).toBe(1);
    expect(ask(fusion, 'watch', 1000, 0.5)).toEqual([0.5, 1]);
    expect(ask(fusion, 'watch', 8 * 1280, 0.5)[1]).toBe(2);
    expect(fusion.size).toBe(3);
    // The watch has been put down.
    ask(fusion, 'phone', 60_000, 0.9);
    expect(fusion.size).toBe(1);
  });

  it('keeps users apart', () => {
    const fusion = new UserFusion();
    ask(fusion, 'phone', 0, 0.9);
    expect(ask(fusion, 'watch', 0, 0.5, 'bob')).toEqual([0.5, 1]);
  });

  it('listens more to a device that has been right: 0.8 to the power of its weight’s share', () => {
    const fusion = new UserFusion();
    for (let i = 0; i < 30; i++) {
      fusion.fuse('ann', opinion('phone', i * 1280, 0.9), 'sit');
      fusion.fuse('ann', opinion('watch', i * 1280, 0.1), 'sit');
    }
    ask(fusion, 'watch', 60_000, 0.1);
    expect(ask(fusion, 'phone', 60_000, 0.8)[0]).toBeGreaterThan(0.7);
    fusion.fuse('ann', { ...opinion('phone', 60_000, 0), probabilities: {} }, 'sit');
    expect(ask(fusion, 'phone', 60_000, 0.8)[0]).toBeGreaterThan(0.7);
  });

  it('goes on from its state as if it had never been put down', () => {
    const fuse = (fusion: UserFusion, i: number) =>
      fusion.fuse(
        i % 7 === 0 ? 'bob' : 'ann',
        opinion(i % 3 === 0 ? 'watch' : 'phone', i * 640, ((i * 37) % 100) / 100),
        i % 4 === 0 ? null : 'sit',
      );
    const fusion = new UserFusion();
    for (let i = 0; i < 50; i++) fuse(fusion, i);
    const state = new StateWriter('test', 1);
    fusion.write(state);
    const again = UserFusion.read(new StateReader(state.finish(), 'test', 1));
    expect(again.size).toBe(fusion.size);
    for (let i = 50; i < 100; i++) expect(fuse(again, i)).toEqual(fuse(fusion, i));
  });
});
