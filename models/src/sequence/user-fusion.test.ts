import { describe, expect, it } from 'vitest';
import { UserFusion } from './user-fusion.js';

const SIZE = 2560;

/** First probability and number of devices. */
function ask(fusion: UserFusion, device: string, atMs: number, p: number, user = 'ann'): [number, number] {
  const opinion = { device, model: device, atMs, probabilities: { sit: p, walk: 1 - p } };
  const { probabilities, opinions } = fusion.fuse(user, opinion, SIZE);
  expect(opinions[0]).toBe(opinion);
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
    for (let i = 0; i <= 8; i++) ask(fusion, 'phone', i * 1280, i === 1 ? 0.2 : 0.9);
    expect(ask(fusion, 'watch', 1000, 0.5)).toEqual([expect.closeTo(0.2, 12), 2]);
    expect(ask(fusion, 'watch', 8 * 1280 + 1280, 0.5)).toEqual([0.5, 1]);
  });

  it('keeps users apart', () => {
    const fusion = new UserFusion();
    ask(fusion, 'phone', 0, 0.9);
    expect(ask(fusion, 'watch', 0, 0.5, 'bob')).toEqual([0.5, 1]);
  });

  it('listens more to a device that has been right: 0.8 to the power of its weight’s share', () => {
    const fusion = new UserFusion();
    const judge = (device: string, p: number) =>
      fusion.judge({ device, model: device, atMs: 0, probabilities: { sit: p, walk: 1 - p } }, 'sit');
    for (let i = 0; i < 30; i++) {
      judge('phone', 0.9);
      judge('watch', 0.1);
    }
    ask(fusion, 'watch', 0, 0.1);
    expect(ask(fusion, 'phone', 0, 0.8)[0]).toBeGreaterThan(0.7);
    fusion.judge({ device: 'phone', model: 'phone', atMs: 0, probabilities: {} }, 'sit');
    expect(ask(fusion, 'phone', 0, 0.8)[0]).toBeGreaterThan(0.7);
  });
});
