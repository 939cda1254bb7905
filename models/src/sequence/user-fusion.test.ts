import { describe, expect, it } from 'vitest';
import { StateFormatError, StateReader, StateWriter } from '@hark/streaming';
import { Xoshiro128 } from '../random/xoshiro128.js';
import { UserFusion } from './user-fusion.js';

const SIZE = 2560;

/** First probability and number of devices. */
function ask(fusion: UserFusion, device: string, atMs: number, p: number, user = 'ann'): [number, number] {
  const { probabilities, devices } = fusion.fuse(user, device, atMs, SIZE, Float64Array.of(p, 1 - p));
  return [probabilities[0], devices];
}

describe('UserFusion', () => {
  it('leaves a device alone with what it says', () => {
    const fusion = new UserFusion();
    expect(ask(fusion, 'phone', 0, 0.7)).toEqual([0.7, 1]);
    expect(ask(fusion, 'phone', 1280, 0.2)).toEqual([0.2, 1]);
  });

  it('multiplies what two devices say of the same time', () => {
    const fusion = new UserFusion();
    ask(fusion, 'phone', 0, 0.8);
    // 0.8 · 0.4 to 0.2 · 0.6.
    expect(ask(fusion, 'watch', 300, 0.4)).toEqual([expect.closeTo(0.7272727272727, 12), 2]);
  });

  it('takes the nearest window of the other device, less than half a window off', () => {
    const fusion = new UserFusion();
    ask(fusion, 'phone', 0, 0.9);
    ask(fusion, 'phone', 1280, 0.2);
    expect(ask(fusion, 'watch', 1000, 0.5)[0]).toBeCloseTo(0.2, 12);
    expect(ask(fusion, 'watch', 2560, 0.5)).toEqual([0.5, 1]);
  });

  it('takes what a device said last of a window', () => {
    const fusion = new UserFusion();
    ask(fusion, 'phone', 0, 0.9);
    ask(fusion, 'phone', 0, 0.3);
    expect(ask(fusion, 'watch', 0, 0.5)[0]).toBeCloseTo(0.3, 12);
  });

  it('keeps users apart', () => {
    const fusion = new UserFusion();
    ask(fusion, 'phone', 0, 0.9);
    expect(ask(fusion, 'watch', 0, 0.5, 'bob')).toEqual([0.5, 1]);
  });

  it('lets neither device rule a class out for ever', () => {
    const fusion = new UserFusion();
    ask(fusion, 'phone', 0, 1);
    expect(ask(fusion, 'watch', 0, 0)[0]).toBeCloseTo(0.5, 12);
  });

  it('is right more often than either of two devices that err independently', () => {
    const random = new Xoshiro128(2);
    const fusion = new UserFusion();
    const right = { phone: 0, watch: 0, both: 0 };
    for (let i = 0; i < 2000; i++) {
      // The true class is the first; each device's log odds lie about 1.
      const said = () => 1 / (1 + Math.exp(-1 - 3 * (random.nextUniform() + random.nextUniform() - 1)));
      const [phone, watch] = [said(), said()];
      ask(fusion, 'phone', i * 1280, phone);
      right.phone += phone > 0.5 ? 1 : 0;
      right.watch += watch > 0.5 ? 1 : 0;
      right.both += ask(fusion, 'watch', i * 1280, watch)[0] > 0.5 ? 1 : 0;
    }
    expect(right.both).toBeGreaterThan(Math.max(right.phone, right.watch) + 50);
  });

  it('forgets the user not heard of for longest when there are too many', () => {
    const fusion = new UserFusion({ users: 2 });
    for (const user of ['a', 'b', 'a', 'c']) ask(fusion, 'phone', 0, 0.9, user);
    expect(ask(fusion, 'watch', 0, 0.5, 'a')[1]).toBe(2);
    expect(ask(fusion, 'watch', 0, 0.5, 'b')[1]).toBe(1);
  });

  it('answers the same to the bit after a restore, and refuses damaged opinions', () => {
    const random = new Xoshiro128(5);
    const straight = new UserFusion();
    let interrupted = new UserFusion();
    for (let i = 0; i < 120; i++) {
      const device = ['phone', 'watch', 'ring'][random.nextUint32() % 3];
      const p = random.nextUniform();
      expect(ask(interrupted, device, i * 400, p)).toEqual(ask(straight, device, i * 400, p));
      const state = new StateWriter('t', 1);
      interrupted.write(state);
      interrupted = new UserFusion();
      interrupted.read(new StateReader(state.finish(), 't', 1));
    }
    const damaged = new StateWriter('t', 1).u32(1).string('a').u32(1).string('d').f64(0);
    const bytes = damaged.f64Array(Float64Array.of(NaN)).finish();
    expect(() => new UserFusion().read(new StateReader(bytes, 't', 1))).toThrow(StateFormatError);
  });
});
