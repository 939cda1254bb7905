import { describe, expect, it } from 'vitest';
import { StateFormatError, StateReader, StateWriter } from '@hark/streaming';
import { Xoshiro128 } from '../random/xoshiro128.js';
import { LabelDisagreement, type Disagreement } from './label-disagreement.js';

type Told = Disagreement & { readonly device: number; readonly window: number };

/** Devices in turn, each contradicted at its rate. `window` counts the device's own. */
function label(
  watch: LabelDisagreement,
  rounds: number,
  rates: readonly number[],
  random = new Xoshiro128(1),
): Told[] {
  const told: Told[] = [];
  for (let window = 1; window <= rounds; window++) {
    rates.forEach((rate, device) => {
      const found = watch.add(`user${device}\u0000phone`, random.nextUniform() < rate);
      if (found !== null) told.push({ ...found, device, window });
    });
  }
  return told;
}

const others = Array<number>(19).fill(0.02);

describe('labels that disagree with everybody', () => {
  it('are told of once, within 500 windows of the device, where three in ten are wrong', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const told = label(new LabelDisagreement(), 500, [0.3, ...others], new Xoshiro128(seed));
      expect(told).toHaveLength(1);
      expect(told[0]).toMatchObject({ episode: 1, device: 0, windows: 100 });
      expect(told[0].window).toBeLessThanOrEqual(200);
      expect(told[0].contradicted).toBeGreaterThanOrEqual(16);
      expect(told[0].usual).toBeLessThan(0.05);
    }
  });

  it('are none where one in fifty is contradicted on every device, over 200,000 windows', () => {
    expect(label(new LabelDisagreement(), 10_000, [0.02, ...others])).toEqual([]);
  });

  it('are none where the model contradicts everybody alike, nor in the first 200 windows, nor where there is but one device', () => {
    expect(label(new LabelDisagreement(), 2000, [0.3, 0.2, 0.25, 0.2])).toEqual([]);
    expect(label(new LabelDisagreement(), 10, [1, ...others])).toEqual([]);
    expect(label(new LabelDisagreement(), 2000, [0.5])).toEqual([]);
  });

  it('are told of again only after a block with few', () => {
    const watch = new LabelDisagreement();
    expect(label(watch, 600, [0.4, ...others])).toHaveLength(1);
    expect(label(watch, 200, [0, ...others])).toEqual([]);
    expect(label(watch, 300, [0.4, ...others]).map(({ episode }) => episode)).toEqual([2]);
  });

  it('are none of a device that was contradicted for 50 windows and then no more, as one that was turned over', () => {
    const watch = new LabelDisagreement();
    label(watch, 110, others);
    const told = [...label(watch, 50, [...others, 0.9]), ...label(watch, 300, [...others, 0.02])];
    expect(told).toEqual([]);
  });

  it('are the same after a restore at any window; damaged ones are refused', () => {
    const straight = new LabelDisagreement();
    let interrupted = new LabelDisagreement();
    const random = [new Xoshiro128(3), new Xoshiro128(3)];
    let found = 0;
    for (let i = 0; i < 300; i++) {
      const state = new StateWriter('t', 1);
      interrupted.write(state);
      interrupted = new LabelDisagreement();
      interrupted.read(new StateReader(state.finish(), 't', 1));
      const expected = label(straight, 1, [0.4, 0.02, 0.02], random[0]);
      expect(label(interrupted, 1, [0.4, 0.02, 0.02], random[1])).toEqual(expected);
      found += expected.length;
    }
    expect(found).toBe(1);
    const damaged = new StateWriter('t', 1).f64(0).f64(0).f64(0).f64(0).u32(1).string('a').u8(50).u8(0);
    const bytes = damaged.u8(0).u8(0).bool(false).finish();
    expect(() => new LabelDisagreement().read(new StateReader(bytes, 't', 1))).toThrow(StateFormatError);
  });
});
