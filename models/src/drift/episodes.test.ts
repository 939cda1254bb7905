import { describe, expect, it } from 'vitest';
import { StateReader, StateWriter } from '@hark/streaming';
import type { Alarm, WatchedSignal } from './alarm.js';
import { Episodes } from './episodes.js';
import { EVERYONE, namesOf, type Place } from './place.js';

const PHONE = 'ann\u0000phone';
const WATCH = 'ann\u0000watch';
const BOBS = 'bob\u0000phone';

interface AlarmOptions {
  readonly before?: number;
  readonly after?: number;
  readonly began?: number;
  readonly parts?: Alarm['parts'];
  readonly signal?: WatchedSignal;
  readonly classes?: readonly string[];
}

function alarm(severity: Alarm['severity'], place: Place, options: AlarmOptions = {}): Alarm {
  const { before = 0.05, after = 0.45, began = 0, parts = [], signal = 'error', classes = [] } = options;
  return {
    ...{ signal, severity, place, began, parts, detector: 'test' },
    evidence: { statistic: 9, threshold: 8, before, after, since: 30 },
    at: (asked) => ({ before, after, scope: { ...namesOf(asked), classes, features: [] } }),
  };
}

/** Takes an alarm; returns stage, episode and who was named. */
const take = (episodes: Episodes, what: Alarm, window = 0) =>
  episodes
    .take(what, window)
    .map(({ episode, stage, scope }) => [episode, stage, ...scope.users, ...scope.devices]);

/** Labelled windows of a device, one in ten wrong or all; returns the stages told, with the window at which they were. */
function pass(episodes: Episodes, device: Place, count: number, errorEvery: number): [number, string][] {
  const told: [number, string][] = [];
  for (let i = 1; i <= count; i++) {
    for (const { stage } of episodes.passLabelled(device, i % errorEvery === 0)) told.push([i, stage]);
  }
  return told;
}

describe('episodes', () => {
  it('go from warning to drift to recovered, each told once', () => {
    const episodes = new Episodes();
    expect(episodes.stage).toBe('none');
    expect(take(episodes, alarm('warning', PHONE))).toEqual([[1, 'warning', 'ann', 'phone']]);
    expect(episodes.stage).toBe('warning');
    expect(take(episodes, alarm('warning', PHONE))).toEqual([]);
    expect(take(episodes, alarm('drift', PHONE))).toEqual([[1, 'drift', 'ann', 'phone']]);
    expect(episodes.stage).toBe('drift');
    expect(take(episodes, alarm('drift', PHONE))).toEqual([]);
    expect(pass(episodes, PHONE, 300, 2)).toEqual([]);
    expect(pass(episodes, PHONE, 200, 20)).toEqual([[76, 'recovered']]);
    expect([episodes.stage, episodes.number]).toEqual(['none', 1]);
  });

  it('tell the warning with a drift that comes at once', () => {
    expect(take(new Episodes(), alarm('drift', PHONE)).map(([, stage]) => stage)).toEqual([
      'warning',
      'drift',
    ]);
  });

  it('have not recovered before 100 windows have passed since the last stage', () => {
    const episodes = new Episodes();
    take(episodes, alarm('drift', PHONE));
    expect(pass(episodes, PHONE, 99, 20)).toEqual([]);
    expect(pass(episodes, PHONE, 1, 20)).toEqual([[1, 'recovered']]);
  });

  it('compare with the error before the warning', () => {
    const episodes = new Episodes();
    episodes.take(alarm('warning', PHONE, { before: 0.05, after: 0.2 }), 0);
    const [drift] = episodes.take(alarm('drift', PHONE, { before: 0.2, after: 0.45 }), 9);
    expect([drift.before, drift.after]).toEqual([0.05, 0.45]);
  });

  it('take alarms of a device, its user and all of them for one', () => {
    const episodes = new Episodes();
    take(episodes, alarm('warning', PHONE, { began: 90 }), 100);
    const ofAnn = alarm('drift', 'ann', {
      began: 88,
      parts: [
        [PHONE, 9],
        [WATCH, 0],
      ],
    });
    expect(take(episodes, ofAnn, 105)).toEqual([[1, 'drift', 'ann', 'phone']]);
    const ofAll = alarm('drift', EVERYONE, {
      began: 80,
      parts: [
        [PHONE, 9],
        [BOBS, 1],
      ],
    });
    expect(take(episodes, ofAll, 110)).toEqual([]);
    expect(episodes.number).toBe(1);
  });

  it("take another device's drift meanwhile for one of its own", () => {
    const episodes = new Episodes();
    take(episodes, alarm('drift', PHONE, { began: 90 }), 100);
    expect(take(episodes, alarm('drift', BOBS, { began: 95 }), 120)).toEqual([
      [2, 'warning', 'bob', 'phone'],
      [2, 'drift', 'bob', 'phone'],
    ]);
    const ofAll = alarm('drift', EVERYONE, {
      began: 90,
      parts: [
        [PHONE, 5],
        [BOBS, 5],
      ],
    });
    expect(take(episodes, ofAll, 130)).toEqual([]);
    expect(pass(episodes, BOBS, 100, 20)).toEqual([[100, 'recovered']]);
    expect(episodes.stage).toBe('drift');
  });

  it('take a drift of all for one, however many devices cry afterwards, but not what begins later', () => {
    const episodes = new Episodes();
    const parts: Alarm['parts'] = [
      [PHONE, 3],
      [WATCH, 1],
      [BOBS, 3],
    ];
    expect(take(episodes, alarm('drift', EVERYONE, { began: 90, parts }), 120)).toEqual([
      [1, 'warning'],
      [1, 'drift'],
    ]);
    for (const device of [PHONE, WATCH, BOBS]) {
      expect(take(episodes, alarm('drift', device, { began: 100 }), 150)).toEqual([]);
    }
    pass(episodes, BOBS, 60, 2);
    expect(take(episodes, alarm('warning', BOBS, { began: 400 }), 420)).toEqual([
      [2, 'warning', 'bob', 'phone'],
    ]);
  });

  it('widen where one device was the first of many', () => {
    const episodes = new Episodes();
    take(episodes, alarm('warning', PHONE, { began: 95 }), 100);
    const ofAll = alarm('drift', EVERYONE, {
      began: 90,
      parts: [
        [PHONE, 3],
        [WATCH, 1],
        [BOBS, 3],
      ],
    });
    expect(take(episodes, ofAll, 120)).toEqual([[1, 'drift']]);
    expect(take(episodes, alarm('drift', BOBS, { began: 100 }), 130)).toEqual([]);
  });

  it('give way to another one at the same place when they have lasted for more than 1,000 windows', () => {
    const episodes = new Episodes();
    take(episodes, alarm('drift', PHONE));
    pass(episodes, PHONE, 1000, 2);
    expect(take(episodes, alarm('drift', PHONE))).toEqual([]);
    pass(episodes, PHONE, 1, 2);
    expect(take(episodes, alarm('drift', PHONE)).map(([episode]) => episode)).toEqual([2, 2]);
    expect(episodes.stage).toBe('drift');
  });

  it('end a change seen without labels when it has been steady for 256 windows', () => {
    const episodes = new Episodes();
    take(episodes, alarm('drift', PHONE, { signal: 'features' }));
    for (let i = 0; i < 200; i++) expect(episodes.passUnlabelled(PHONE)).toEqual([]);
    take(episodes, alarm('warning', PHONE, { signal: 'features' }));
    for (let i = 0; i < 255; i++) expect(episodes.passUnlabelled(PHONE)).toEqual([]);
    expect(episodes.passUnlabelled(BOBS)).toEqual([]);
    expect(episodes.passUnlabelled(PHONE).map(({ stage, signal }) => [stage, signal])).toEqual([
      ['recovered', 'features'],
    ]);
  });

  it('give up the oldest beyond 64', () => {
    const episodes = new Episodes();
    for (let i = 0; i < 65; i++) take(episodes, alarm('warning', `user${i}\u0000phone`, { began: i }), i);
    expect(take(episodes, alarm('warning', 'user0\u0000phone', { began: 99 }), 99)).toEqual([
      [66, 'warning', 'user0', 'phone'],
    ]);
  });

  it('are the same after a restore', () => {
    const episodes = new Episodes();
    take(episodes, alarm('warning', PHONE, { classes: ['walk'] }), 5);
    take(episodes, alarm('drift', BOBS, { began: 7 }), 9);
    pass(episodes, PHONE, 60, 3);
    const state = new StateWriter('t', 1);
    episodes.write(state);
    const restored = new Episodes();
    restored.read(new StateReader(state.finish(), 't', 1));
    expect(restored).toEqual(episodes);
    expect(pass(restored, PHONE, 200, 20)).toEqual(pass(episodes, PHONE, 200, 20));
  });
});
