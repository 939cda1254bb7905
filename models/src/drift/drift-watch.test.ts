import { describe, expect, it } from 'vitest';
import { StateReader, StateWriter } from '@hark/streaming';
import { Xoshiro128 } from '../random/xoshiro128.js';
import { DriftWatch, type DriftWatchOptions } from './drift-watch.js';
import type { DriftReport } from './episode.js';
import { UnknownDriftDetectorError } from './registry.js';

const CLASSES = ['walk', 'sit', 'bike'];

/** A device's errors at a rate, in runs: after an error the next is likelier by 0.3. */
interface Device {
  readonly user: string;
  readonly device: string;
  readonly random: Xoshiro128;
  previous: number;
}

const makeDevices = (count: number): Device[] =>
  Array.from({ length: count }, (_, i) => ({
    user: `user${i >> 1}`,
    device: `phone${i}`,
    random: new Xoshiro128(i + 1),
    previous: 0,
  }));

/** Labelled windows of the devices in turn; reports with the number of the window. */
function label(
  watch: DriftWatch,
  devices: readonly Device[],
  count: number,
  rateOf: (i: number, device: number) => number,
  from = 0,
): { i: number; report: DriftReport }[] {
  const told: { i: number; report: DriftReport }[] = [];
  for (let i = from; i < from + count; i++) {
    const at = i % devices.length;
    const device = devices[at];
    const probability = 0.3 * device.previous + 0.7 * rateOf(i, at);
    device.previous = device.random.nextUniform() < probability ? 1 : 0;
    const klass = CLASSES[Math.floor(i / devices.length / 10) % 3];
    for (const report of watch.add(device.user, device.device, klass, device.previous === 1)) {
      told.push({ i, report });
    }
  }
  return told;
}

const bytesOf = (watch: DriftWatch): Uint8Array => {
  const state = new StateWriter('t', 1);
  watch.write(state);
  return state.finish();
};

function restored(bytes: Uint8Array, options: DriftWatchOptions = {}): DriftWatch {
  const watch = new DriftWatch(options);
  const state = new StateReader(bytes, 't', 1);
  watch.read(state);
  state.finish();
  return watch;
}

describe('a drift watch over labelled windows', () => {
  it('sees one turned phone of fifty within 100 of its windows, and names it', () => {
    const told = label(new DriftWatch(), makeDevices(50), 40_000, (i, d) =>
      d === 7 && i >= 20_000 ? 0.4 : 0.03,
    );
    const after = told.filter(({ i, report }) => i >= 20_000 && report.scope.devices.includes('phone7'));
    expect(after.map(({ report }) => report.stage)).toEqual(['warning', 'drift']);
    const { i, report } = after[1];
    expect((i - 20_000) / 50).toBeLessThan(100);
    expect(report).toMatchObject({ signal: 'error', detector: 'CUSUM' });
    expect(report.scope).toMatchObject({ users: ['user3'], devices: ['phone7'], features: [] });
    expect(report.before).toBeLessThan(0.06);
    expect(report.after).toBeGreaterThan(0.25);
    expect(report.statistic).toBeGreaterThan(report.threshold);
  });

  it('takes a device, its user and all windows together for one episode, and tells its recovery', () => {
    const watch = new DriftWatch();
    const rate = (i: number) => (i >= 1000 && i < 1400 ? 0.5 : 0.03);
    const told = label(watch, makeDevices(1), 2000, rate);
    expect(told.map(({ report }) => [report.episode, report.stage])).toEqual([
      [1, 'warning'],
      [1, 'drift'],
      [1, 'recovered'],
    ]);
    expect(told[1].i).toBeLessThan(1050);
    expect(told[2].i).toBeGreaterThan(1400);
    expect(told[2].report.after).toBeLessThan(0.2);
    expect([watch.stage, watch.episodes]).toEqual(['none', 1]);
  });

  it('says which classes went wrong', () => {
    const watch = new DriftWatch();
    const devices = makeDevices(1);
    const rate = (i: number) => (i >= 1000 && Math.floor(i / 10) % 3 === 1 ? 0.95 : 0.02);
    const drift = label(watch, devices, 1200, rate).find(({ report }) => report.stage === 'drift');
    expect(drift?.report.scope.classes).toEqual(['sit']);
  });

  it('takes a change of all devices at once for one episode of no one in particular', () => {
    const told = label(new DriftWatch(), makeDevices(50), 26_000, (i) => (i >= 20_000 ? 0.5 : 0.03));
    const after = told.filter(({ i }) => i >= 20_000);
    expect(after.map(({ report }) => report.stage)).toEqual(['warning', 'drift']);
    expect(new Set(after.map(({ report }) => report.episode)).size).toBe(1);
  });

  it("takes another device's drift meanwhile for an episode of its own", () => {
    const told = label(new DriftWatch(), makeDevices(6), 3000, (i, d) =>
      (d === 0 && i >= 2000) || (d === 5 && i >= 2300) ? 0.6 : 0.03,
    );
    const drifts = told
      .filter(({ report }) => report.stage === 'drift')
      .map(({ report }) => report.scope.devices);
    expect(drifts).toEqual([['phone0'], ['phone5']]);
  });

  it('is quiet over 50 devices with errors in runs', () => {
    const watch = new DriftWatch();
    label(watch, makeDevices(50), 60_000, (_, d) => (d % 5 === 0 ? 0.08 : 0.03));
    expect(watch.episodes).toBeLessThanOrEqual(6);
  });

  it('is quiet while a fresh model learns', () => {
    const watch = new DriftWatch();
    label(watch, makeDevices(4), 3000, (i) => 0.03 + 0.5 * Math.exp(-i / 150));
    expect(watch.episodes).toBe(0);
  });

  it('gives the mean error of the last 100 windows', () => {
    const watch = new DriftWatch();
    expect(watch.recentError).toBe(0);
    for (let i = 0; i < 400; i++) watch.add('ann', 'phone', 'walk', i >= 375);
    expect(watch.recentError).toBe(0.25);
  });

  it('says the same after a restore at any window', () => {
    const [a, b] = [makeDevices(3), makeDevices(3)];
    const straight = new DriftWatch();
    let interrupted = new DriftWatch();
    const rate = (i: number, d: number) => (i >= 900 && i < 1500 && d < 2 ? 0.4 : 0.05);
    let stages = 0;
    for (let i = 0; i < 2400; i++) {
      const expected = label(straight, a, 1, rate, i);
      if (i % 11 === 0) interrupted = restored(bytesOf(interrupted));
      expect(label(interrupted, b, 1, rate, i)).toEqual(expected);
      stages += expected.length;
    }
    expect(bytesOf(interrupted)).toEqual(bytesOf(straight));
    expect(stages).toBeGreaterThanOrEqual(3);
  });

  it('can be off, or watch all together with another detector', () => {
    const off = new DriftWatch({ signals: [] });
    label(off, makeDevices(1), 2000, (i) => (i >= 1000 ? 0.6 : 0.03));
    expect([off.stage, off.episodes]).toEqual(['none', 0]);
    expect(off.recentError).toBeGreaterThan(0.3);
    expect(() => new DriftWatch({ detector: 'magic' })).toThrow(UnknownDriftDetectorError);
    const adwin = new DriftWatch({ detector: 'adwin' });
    label(adwin, makeDevices(1), 500, () => 0.1);
    expect(bytesOf(restored(bytesOf(adwin), { detector: 'adwin' }))).toEqual(bytesOf(adwin));
  });

  it('goes on with what is watched as before when the detector or the signals are others, and begins the rest anew', () => {
    const before = new DriftWatch({ detector: 'adwin', features: FEATURES });
    label(before, makeDevices(1), 500, () => 0.1);
    const after = restored(bytesOf(before), { signals: ['error'] });
    expect(after.recentError).toBe(before.recentError);
    const told = label(after, makeDevices(1), 2000, (i) => (i < 500 ? 0.1 : 0.6));
    expect(told.some(({ report }) => report.stage === 'drift')).toBe(true);
    expect(bytesOf(restored(bytesOf(after), { signals: ['error'] }))).toEqual(bytesOf(after));
  });
});

describe('a drift watch told of a device that was turned over', () => {
  const quiet = (watch: DriftWatch, count: number, from = 0) =>
    label(watch, makeDevices(2), count, () => 0.02, from).map(({ report }) => report.stage);

  it('reports an orientation of that device, with the error before and after, and its recovery', () => {
    const watch = new DriftWatch();
    for (let i = 0; i < 400; i++) watch.add('ann', 'phone', 'walk', i % 20 === 0);
    const reports = watch.turned('ann', 'phone', 0.5);
    expect(reports.map(({ stage }) => stage)).toEqual(['warning', 'drift']);
    expect(reports[1]).toMatchObject({
      ...{ episode: 1, signal: 'orientation', detector: 'TURN', before: expect.closeTo(0.05, 2), after: 0.5 },
      scope: { users: ['ann'], devices: ['phone'], classes: [], features: [] },
    });
    const recovered: string[] = [];
    for (let i = 0; i < 100; i++) {
      for (const { stage } of watch.add('ann', 'phone', 'walk', false)) recovered.push(`${stage}@${i}`);
    }
    expect(recovered).toEqual(['recovered@99']);
  });

  it('names no one when all were turned', () => {
    const watch = new DriftWatch();
    expect(quiet(watch, 400)).toEqual([]);
    const [, drift] = watch.turned('user0', null, 0.2);
    expect(drift.scope).toEqual({ users: [], devices: [], classes: [], features: [] });
  });

  it('takes the error that rises with it for the same drift', () => {
    const watch = new DriftWatch();
    const devices = makeDevices(1);
    label(watch, devices, 400, () => 0.02);
    watch.turned('user0', 'phone0', 0.4);
    const told = label(watch, devices, 60, () => 0.7, 400);
    expect(told).toEqual([]);
    expect([watch.episodes, watch.stage]).toEqual([1, 'drift']);
  });

  it('says nothing where errors are not watched', () => {
    expect(new DriftWatch({ signals: ['features'] }).turned('ann', 'phone', 0.5)).toEqual([]);
  });
});

const FEATURES = [
  { name: 'gravity_x', index: 0 },
  { name: 'gravity_y', index: 1 },
  { name: 'energy', index: 3 },
];

/** Of each class: gravity in x and y, something not watched, energy. */
const USUAL: Readonly<Record<string, readonly number[]>> = {
  walk: [9, 2, 5, 3],
  sit: [2, 9, 5, 0.2],
  bike: [6, 6, 5, 2],
};

/** Unlabelled windows of devices in turn, in bouts of 60 of a class; each device carried a little differently. */
function answer(
  watch: DriftWatch,
  devices: readonly Device[],
  count: number,
  change: { after?: number; device?: number; turned?: boolean; doubt?: number } = {},
  from = 0,
): { i: number; report: DriftReport }[] {
  const told: { i: number; report: DriftReport }[] = [];
  for (let i = from; i < from + count; i++) {
    const at = i % devices.length;
    const { user, device, random } = devices[at];
    const changed = i >= (change.after ?? Infinity) && (change.device === undefined || change.device === at);
    const klass = CLASSES[(Math.floor(i / devices.length / 60) + at) % 3];
    const [x, y, z, energy] = USUAL[klass].map((mean) => mean + (at % 3) * 0.4 + random.nextUniform() - 0.5);
    const turned = changed && change.turned === true;
    const features = Float64Array.of(turned ? -x : x, turned ? -y : y, z, energy);
    const confidence = 0.95 - 0.1 * random.nextUniform() - (changed ? (change.doubt ?? 0) : 0);
    for (const report of watch.addUnlabelled(user, device, klass, confidence, features))
      told.push({ i, report });
  }
  return told;
}

describe('a drift watch over unlabelled windows', () => {
  it('sees a phone turned over by the means of its features, and names both', () => {
    const watch = new DriftWatch({ features: FEATURES });
    const told = answer(watch, makeDevices(4), 8000, { after: 4000, device: 2, turned: true });
    expect(told.map(({ report }) => report.stage)).toEqual(['warning', 'drift', 'recovered']);
    const { i, report } = told[1];
    expect((i - 4000) / 4).toBeLessThanOrEqual(128);
    expect(report.signal).toBe('features');
    expect(report.scope).toEqual({
      users: ['user1'],
      devices: ['phone2'],
      classes: [],
      features: ['gravity_x', 'gravity_y'],
    });
    expect(report.after).toBeLessThan(report.before - 3);
  });

  it('sees within 100 windows that a user has gone over to another device, and names it', () => {
    const watch = new DriftWatch({ features: FEATURES });
    const devices = makeDevices(3);
    answer(watch, devices, 3000);
    const other = devices.map((device, at) => (at === 1 ? { ...device, device: 'watch' } : device));
    const told = answer(watch, other, 300, { after: 3000, device: 1, turned: true }, 3000);
    const drift = told.find(({ report }) => report.stage === 'drift');
    expect(drift?.report.scope).toMatchObject({ users: [devices[1].user], devices: ['watch'] });
    // Another device that lies as the one before is no change.
    const alike = new DriftWatch({ features: FEATURES });
    answer(alike, devices, 3000);
    expect(answer(alike, other, 300, {}, 3000)).toEqual([]);
  });

  it('watches the answers to labelled windows in the same way, where they are given', () => {
    const told = [false, true].map((given) => {
      const watch = new DriftWatch({ features: FEATURES });
      const reports: DriftReport[] = [];
      for (let i = 0; i < 800; i++) {
        const features = Float64Array.of(i < 600 ? 1 : -1, (i % 7) / 7, 0, 0);
        const answer = given ? { confidence: 0.9, features } : null;
        reports.push(...watch.add('ann', 'phone', 'walk', false, answer));
      }
      return reports.map(({ stage, signal }) => [stage, signal]);
    });
    expect(told).toEqual([
      [],
      [
        ['warning', 'features'],
        ['drift', 'features'],
      ],
    ]);
  });

  it('sees confidence fall, and not rise', () => {
    const watch = new DriftWatch();
    const told = answer(watch, makeDevices(2), 4000, { after: 2000, device: 1, doubt: 0.3 });
    expect(told[0].report).toMatchObject({ signal: 'confidence', scope: { devices: ['phone1'] } });
    expect(told[0].i).toBeLessThan(2000 + 2 * 128);
    expect(told[0].report.before).toBeCloseTo(0.9, 1);
    expect(told[0].report.after).toBeLessThan(0.8);
    const rising = new DriftWatch();
    expect(answer(rising, makeDevices(2), 4000, { after: 2000, doubt: -0.3 })).toEqual([]);
  });

  it('takes a change of all devices for one episode', () => {
    const watch = new DriftWatch({ features: FEATURES });
    const told = answer(watch, makeDevices(20), 20_000, { after: 12_000, turned: true });
    const drifts = told.filter(({ report }) => report.stage === 'drift');
    expect(drifts.map(({ report }) => [report.episode, report.scope.users])).toEqual([[1, []]]);
  });

  it('is quiet while people change what they do', () => {
    const watch = new DriftWatch({ features: FEATURES });
    expect(answer(watch, makeDevices(10), 40_000)).toEqual([]);
  });

  it('leaves out a window with a feature that is not finite', () => {
    const watch = new DriftWatch({ features: FEATURES });
    answer(watch, makeDevices(1), 500);
    const before = restored(bytesOf(watch), { features: FEATURES });
    for (const value of [NaN, Infinity]) {
      watch.addUnlabelled('user0', 'phone0', 'walk', 0.9, Float64Array.of(value, 1, 1, 1));
      watch.addUnlabelled('user0', 'phone0', 'walk', value, Float64Array.of(1, 1, 1, 1));
    }
    const rest = (each: DriftWatch) => answer(each, makeDevices(1), 300, {}, 500);
    expect(rest(watch)).toEqual(rest(before));
  });

  it('says the same after a restore at any window', () => {
    const [a, b] = [makeDevices(2), makeDevices(2)];
    const change = { after: 1200, device: 1, turned: true, doubt: 0.2 };
    const straight = new DriftWatch({ features: FEATURES });
    let interrupted = new DriftWatch({ features: FEATURES });
    let stages = 0;
    for (let i = 0; i < 2000; i++) {
      const expected = answer(straight, a, 1, change, i);
      if (i % 13 === 0) interrupted = restored(bytesOf(interrupted), { features: FEATURES });
      expect(answer(interrupted, b, 1, change, i)).toEqual(expected);
      stages += expected.length;
    }
    expect(bytesOf(interrupted)).toEqual(bytesOf(straight));
    expect(stages).toBeGreaterThanOrEqual(2);
  });

  it('refuses more than 16 features', () => {
    const many = Array.from({ length: 17 }, (_, index) => ({ name: `f${index}`, index }));
    expect(() => new DriftWatch({ features: many })).toThrow(RangeError);
  });
});
