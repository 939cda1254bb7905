import { describe, expect, it } from 'vitest';
import { StateFormatError, StateReader, StateWriter } from '@hark/streaming';
import { Xoshiro128 } from '../random/xoshiro128.js';
import { ActivityFilter } from './activity-filter.js';
import { Inertia } from './inertia.js';

const SIZE = 2560;
const HOP = 1280;

/** Final windows of one device, a hop apart. @returns the answers, copied. */
function answers(
  filter: ActivityFilter,
  windows: readonly (readonly number[])[],
  key = 'ann/phone',
): number[][] {
  return windows.map((p, i) => [...filter.posterior(key, i * HOP, SIZE, true, Float64Array.from(p))]);
}

const stateOf = (filter: ActivityFilter): Uint8Array => {
  const state = new StateWriter('t', 1);
  filter.write(state);
  return state.finish();
};

function restored(filter: ActivityFilter): ActivityFilter {
  const model = new StateWriter('t', 1);
  filter.inertia.write(model);
  const inertia = new Inertia();
  inertia.read(new StateReader(model.finish(), 't', 1));
  const copy = new ActivityFilter(inertia);
  const state = new StateReader(stateOf(filter), 't', 1);
  copy.read(state);
  state.finish();
  return copy;
}

/** Σ over all paths of hidden activities, of which each step keeps the activity with probability `stay`. */
function byEnumeration(windows: readonly (readonly number[])[], stay: number): number[] {
  const classes = windows[0].length;
  const joint = new Array<number>(classes).fill(0);
  const walk = (depth: number, state: number, weight: number): void => {
    const here = weight * windows[depth][state];
    if (depth === windows.length - 1) joint[state] += here;
    else {
      for (let next = 0; next < classes; next++) {
        walk(depth + 1, next, here * ((next === state ? stay : 0) + (1 - stay) / classes));
      }
    }
  };
  for (let first = 0; first < classes; first++) walk(0, first, 1 / classes);
  const sum = joint.reduce((a, b) => a + b, 0);
  return joint.map((value) => value / sum);
}

describe('ActivityFilter', () => {
  it('answers the first window of a device as the classifier does', () => {
    expect(answers(new ActivityFilter(), [[0.7, 0.2, 0.1]])[0]).toEqual([
      expect.closeTo(0.7, 12),
      expect.closeTo(0.2, 12),
      expect.closeTo(0.1, 12),
    ]);
  });

  it('takes half of the belief over: 0.8, then an undecided window', () => {
    // Prior 0.5 · 0.8 + 0.5 / 2.
    expect(answers(new ActivityFilter(), [[0.8, 0.2], [0.5, 0.5]])[1][0]).toBeCloseTo(0.65, 12); // prettier-ignore
  });

  it('equals the sum over all paths of activities', () => {
    const random = new Xoshiro128(3);
    const windows = Array.from({ length: 6 }, () => {
      const raw = Array.from({ length: 3 }, () => 0.05 + random.nextUniform());
      const sum = raw.reduce((a, b) => a + b, 0);
      return raw.map((value) => value / sum);
    });
    const filtered = answers(new ActivityFilter(), windows)[5];
    byEnumeration(windows, 0.5).forEach((p, c) => expect(filtered[c]).toBeCloseTo(p, 12));
  });

  it('outvotes one window that differs, and follows when two do', () => {
    const filter = new ActivityFilter();
    const sit = [0.9, 0.1];
    const stand = [0.3, 0.7];
    const said = answers(filter, [sit, sit, stand, stand, stand]).map(([first]) =>
      first > 0.5 ? 'sit' : 'stand',
    );
    expect(said).toEqual(['sit', 'sit', 'sit', 'stand', 'stand']);
  });

  it('takes over less after a gap, and nothing after a long one', () => {
    const after = (gapMs: number) => {
      const filter = new ActivityFilter();
      filter.posterior('a', 0, SIZE, true, Float64Array.of(0.8, 0.2));
      return filter.posterior('a', gapMs, SIZE, true, Float64Array.of(0.5, 0.5))[0];
    };
    expect(after(2 * HOP)).toBeCloseTo(0.575, 12);
    expect(after(100 * HOP)).toBeCloseTo(0.5, 12);
  });

  it('counts what overlapping windows have in common once', () => {
    const filter = new ActivityFilter();
    for (let i = 0; i <= 64; i++) filter.posterior('a', i * 20, SIZE, true, Float64Array.of(0.6, 0.4));
    const often = filter.posterior('a', 65 * 20, SIZE, true, Float64Array.of(0.6, 0.4))[0];
    const seldom = answers(new ActivityFilter(), [[0.6, 0.4], [0.6, 0.4]])[1][0]; // prettier-ignore
    expect(Math.abs(often - seldom)).toBeLessThan(0.05);
  });

  it('keeps devices apart', () => {
    const filter = new ActivityFilter();
    answers(filter, [[0.9, 0.1], [0.9, 0.1]], 'a'); // prettier-ignore
    expect(answers(filter, [[0.4, 0.6]], 'b')[0][0]).toBeCloseTo(0.4, 12);
  });

  it('gives a class that appears late what the classifier gives it', () => {
    const said = answers(new ActivityFilter(), [[1], [0.1, 0.9]])[1];
    expect(said[1]).toBeGreaterThan(0.7);
    expect(said[0] + said[1]).toBeCloseTo(1, 12);
  });

  it('lets an early window go on from early ones, and final answers be as if there had been none', () => {
    const windows = [[0.9, 0.1], [0.8, 0.2], [0.4, 0.6], [0.4, 0.6]]; // prettier-ignore
    const finals = answers(new ActivityFilter(), windows);
    const filter = new ActivityFilter();
    const early = answers(filter, windows.slice(0, 1));
    for (let i = 1; i < 4; i++) {
      early.push([...filter.posterior('ann/phone', i * HOP, SIZE, false, Float64Array.from(windows[i]))]);
    }
    expect(early).toEqual(finals);
    for (let i = 1; i < 4; i++) {
      const final = filter.posterior('ann/phone', i * HOP, SIZE, true, Float64Array.from(windows[i]));
      expect([...final]).toEqual(finals[i]);
    }
  });

  it('answers an early window that comes again from the window before it', () => {
    const filter = new ActivityFilter();
    const ask = (i: number, final: boolean, p: number) => {
      return filter.posterior('a', i * HOP, SIZE, final, Float64Array.of(p, 1 - p))[0];
    };
    ask(0, true, 0.9);
    ask(1, false, 0.8);
    const first = ask(2, false, 0.5);
    expect(ask(2, false, 0.5)).toBe(first);
  });

  it('answers a window that is not after the last by itself and changes nothing', () => {
    const filter = new ActivityFilter();
    answers(filter, [[0.9, 0.1], [0.9, 0.1]]); // prettier-ignore
    const before = stateOf(filter);
    expect(filter.posterior('ann/phone', HOP, SIZE, true, Float64Array.of(0.4, 0.6))[0]).toBeCloseTo(0.4, 12);
    expect(stateOf(filter)).toEqual(before);
  });

  it('stays finite, whatever is certain', () => {
    const said = answers(new ActivityFilter(), [[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 0, 0]]); // prettier-ignore
    for (const p of said.flat()) expect(p >= 0 && p <= 1).toBe(true);
    expect(said[1][1]).toBeGreaterThan(0.99);
  });

  it('forgets the device not heard of for longest when there are too many', () => {
    const filter = new ActivityFilter(undefined, { devices: 2 });
    const ask = (key: string, i: number) => {
      return filter.posterior(
        key,
        i * HOP,
        SIZE,
        true,
        i === 0 ? Float64Array.of(0.9, 0.1) : Float64Array.of(0.5, 0.5),
      )[0];
    };
    ask('a', 0);
    ask('b', 0);
    ask('a', 1);
    ask('c', 0);
    expect(filter.devices).toBe(2);
    expect(ask('a', 2)).toBeGreaterThan(0.55);
    expect(ask('b', 1)).toBeCloseTo(0.5, 12);
  });

  it('answers the same to the bit after a restore', () => {
    const random = new Xoshiro128(8);
    const straight = new ActivityFilter();
    let interrupted = new ActivityFilter();
    for (let i = 0; i < 200; i++) {
      const p = 0.02 + 0.96 * random.nextUniform();
      const key = `device ${random.nextUint32() % 3}`;
      const final = random.nextUniform() < 0.7;
      const ask = (filter: ActivityFilter) => {
        const said = filter.posterior(key, i * HOP, SIZE, final, Float64Array.of(p, 1 - p))[0];
        if (final) filter.observe(i % 2);
        return said;
      };
      expect(ask(interrupted)).toBe(ask(straight));
      if (i % 9 === 0) interrupted = restored(interrupted);
    }
    expect(stateOf(interrupted)).toEqual(stateOf(straight));
  });

  it('forgets beliefs when another model answers, and takes over its inertia', () => {
    const filter = new ActivityFilter();
    answers(filter, [[0.9, 0.1], [0.9, 0.1]]); // prettier-ignore
    filter.observe(0);
    const { stay } = filter.inertia;
    filter.modelReplaced(new Inertia());
    expect(filter.posterior('ann/phone', 2 * HOP, SIZE, true, Float64Array.of(0.4, 0.6))[0]).toBeCloseTo(
      0.4,
      12,
    );
    expect(stay).toBeGreaterThan(0.5);
    expect(filter.inertia.stay).toBe(0.5);
  });

  it('refuses a damaged belief', () => {
    const write = (belief: Float64Array, early: number) => {
      const state = new StateWriter('t', 1).u32(1).string('a').bool(true).f64(0).f64Array(belief).u8(early);
      return () => new ActivityFilter().read(new StateReader(state.finish(), 't', 1));
    };
    expect(write(Float64Array.of(0.5, 0.5), 0)).not.toThrow();
    expect(write(Float64Array.of(NaN, 0.5), 0)).toThrow(StateFormatError);
    expect(write(new Float64Array(33), 0)).toThrow(StateFormatError);
    expect(write(Float64Array.of(1), 3)).toThrow(StateFormatError);
  });
});
