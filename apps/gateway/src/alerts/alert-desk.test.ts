import {
  TOPICS,
  deviceKey,
  toIsoTime,
  type ActivityData,
  type ActivityRule,
  type Alert,
  type Observation,
} from '@hark/contracts';
import { StateWriter, type LogRecord } from '@hark/streaming';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { storedPrediction } from '../testing/stored-predictions.js';
import { AlertDesk } from './alert-desk.js';

type Item = readonly [topic: string, value: unknown, key?: string];

const RULE: ActivityRule = {
  ...{ name: 'standing', activity: 'stand', forSeconds: 10, users: null, devices: null },
  ...{ minConfidence: 0, toleranceSeconds: 5, webhook: null },
};
const rule = (fields: Partial<ActivityRule> = {}): Item => [
  TOPICS.rules,
  { kind: 'rule', rule: { ...RULE, ...fields }, by: null, key: null },
];
const removed = (number: number): Item => [TOPICS.rules, { kind: 'removed', rule: number }];

type Fields = NonNullable<Parameters<typeof storedPrediction>[0]>;

/** A window of 2 s of an activity, at a second of event time. */
function window(second: number, activity: string, fields: Partial<Fields> = {}): Item {
  const { user = 'a', device = 'gear_1' } = fields;
  const span = { start: toIsoTime(second * 1000), end: toIsoTime(second * 1000 + 2000), startNs: '' };
  const { value } = storedPrediction({ activity, user, device, window: span, ...fields });
  return [TOPICS.predictions, JSON.parse(Buffer.from(value).toString()), deviceKey({ user, device })];
}

/** Windows of an activity, one each second from one to another. */
const stretch = (from: number, to: number, activity: string, fields: Partial<Fields> = {}): Item[] =>
  Array.from({ length: to - from - 1 }, (_, i) => window(from + i, activity, fields));

const observed = (observation: Observation): Item => [TOPICS.observations, observation];

/** Hands the items to a desk, which is replaced by its own restored state before each of `cuts`. */
function run(items: readonly Item[], cuts: ReadonlySet<number> = new Set()) {
  const announced: { key: string; text: string }[] = [];
  const offsets = new Map<string, number>();
  let desk = new AlertDesk();
  items.forEach(([topic, value, key = ''], i) => {
    if (cuts.has(i)) {
      const state = desk.snapshot();
      desk = new AlertDesk();
      desk.restore(state);
    }
    const offset = offsets.get(topic) ?? 0;
    offsets.set(topic, offset + 1);
    const bytes = Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
    const record: LogRecord = { offset, timestamp: 0, key, value: bytes };
    desk.process(topic, 0, record, {
      suppressed: false,
      emit: (to, webhook, out) => {
        expect(to).toBe(TOPICS.announcements);
        announced.push({ key: webhook, text: Buffer.from(out).toString() });
      },
      artifact: () => undefined,
      discard: () => undefined,
    });
  });
  return { announced, alerts: announced.map(({ text }) => JSON.parse(text) as Alert<ActivityData>) };
}

/** What each alert says, in short. */
const stages = (items: readonly Item[]) =>
  run(items).alerts.map(({ id, time, data }) => `${id} ${time.slice(14, 19)} ${data.reason ?? ''}`.trim());

describe('a state of the first version', () => {
  it('is read: it knows of no reports', () => {
    const old = new StateWriter('hark.alert-desk', 1).f64(3).f64(4).u32(0).f64(5).f64(6).u32(0).u32(0);
    const desk = new AlertDesk();
    desk.restore(old.finish());
    expect([desk.rulesTaken, desk.observationsTaken, desk.world.reports.size]).toEqual([3, 4, 0]);
  });
});

describe('a rule', () => {
  it('tells once when the activity has lasted for long enough, and once when it is over', () => {
    const { alerts } = run([rule(), ...stretch(0, 20, 'stand'), ...stretch(20, 40, 'walk')]);
    expect(alerts).toEqual([
      {
        specversion: '1.0',
        id: 'activity-0-1/started',
        source: '/gateway',
        type: 'hark.activity',
        subject: 'a/gear_1',
        time: '1970-01-01T00:00:10.000Z',
        datacontenttype: 'application/json',
        data: {
          ...{ episode: 'activity-0-1', stage: 'started', rule: '0', name: 'standing' },
          ...{ activity: 'stand', forSeconds: 10, user: 'a', device: 'gear_1' },
          ...{ since: '1970-01-01T00:00:00.000Z', until: '1970-01-01T00:00:10.000Z' },
          ...{ lastedSeconds: 10, reason: null },
        },
      },
      expect.objectContaining({
        id: 'activity-0-1/ended',
        time: '1970-01-01T00:00:26.000Z',
        data: expect.objectContaining({
          ...{ stage: 'ended', reason: 'left', lastedSeconds: 20 },
          until: '1970-01-01T00:00:20.000Z',
        }),
      }),
    ]);
  });

  it('says nothing of an activity that ends too soon', () => {
    expect(stages([rule(), ...stretch(0, 9, 'stand'), ...stretch(9, 40, 'walk')])).toEqual([]);
  });

  it('bears interruptions up to its tolerance, and begins anew after a longer one', () => {
    const upTo = (seconds: number) => [
      rule(),
      ...stretch(0, 6, 'stand'),
      ...stretch(6, 6 + seconds, 'walk'),
      ...stretch(6 + seconds, 16, 'stand'),
    ];
    expect(stages(upTo(5))).toEqual(['activity-0-1/started 00:13']);
    expect(stages(upTo(6))).toEqual([]);
  });

  it('begins anew after a gap in the data of more than 10 s', () => {
    const withGap = (seconds: number) => [
      rule(),
      ...stretch(0, 6, 'stand'),
      ...stretch(6 + seconds, 10 + seconds, 'stand'),
    ];
    expect(stages(withGap(10))).toEqual(['activity-0-1/started 00:18']);
    expect(stages(withGap(11))).toEqual([]);
  });

  it('ends its episode at a gap, and tells of the next as another', () => {
    expect(stages([rule(), ...stretch(0, 12, 'stand'), ...stretch(60, 72, 'stand')])).toEqual([
      'activity-0-1/started 00:10',
      'activity-0-1/ended 01:02 gap',
      'activity-0-2/started 01:10',
    ]);
  });

  it('passes over windows without data, early emissions and poison', () => {
    const noise: Item[] = [
      ...stretch(3, 12, 'unknown', { reason: 'no_data', state: 'unknown' }),
      ...stretch(3, 12, 'walk', { final: false }),
      [TOPICS.predictions, '{', deviceKey({ user: 'a', device: 'gear_1' })],
      [TOPICS.alerts, 'not JSON'],
      [TOPICS.rules, '[]'],
    ];
    const items = [rule(), ...stretch(0, 4, 'stand'), ...noise, ...stretch(12, 14, 'stand')];
    expect(stages(items)).toEqual(['activity-0-1/started 00:14']);
  });

  it('counts a prediction of too little confidence as an interruption', () => {
    const confident = rule({ minConfidence: 0.8 });
    expect(stages([confident, ...stretch(0, 20, 'stand', { confidence: 0.79 })])).toEqual([]);
    expect(stages([confident, ...stretch(0, 20, 'stand', { confidence: 0.8 })])).toHaveLength(1);
  });

  it('can ask for what is unknown', () => {
    const unknown = { state: 'unknown', reason: 'low_confidence', confidence: 0.3 } as const;
    expect(stages([rule({ activity: 'unknown' }), ...stretch(0, 20, 'unknown', unknown)])).toHaveLength(1);
  });

  it('looks at each device of its users by itself', () => {
    const items = [
      rule({ users: ['a'], devices: ['phone', 'watch'] }),
      ...stretch(0, 9, 'stand', { device: 'phone' }),
      ...stretch(0, 20, 'stand', { device: 'watch' }),
      ...stretch(9, 18, 'stand', { device: 'tablet' }),
      ...stretch(0, 20, 'stand', { user: 'b', device: 'watch' }),
    ];
    expect(run(items).alerts.map(({ subject }) => subject)).toEqual(['a/watch']);
  });

  it('counts from where it was made, and ends its episodes when it is removed', () => {
    const items = [
      ...stretch(0, 8, 'stand'),
      rule(),
      ...stretch(8, 20, 'stand'),
      removed(0),
      ...stretch(20, 40, 'stand'),
    ];
    expect(stages(items)).toEqual(['activity-0-1/started 00:18', 'activity-0-1/ended 00:20 rule_removed']);
  });

  it('ends the episode of a device that has fallen silent', () => {
    const device = { user: 'a', device: 'gear_1' };
    const at = '2026-01-01T00:00:00.000Z';
    const items = [
      rule(),
      observed({ kind: 'present', at, ...device }),
      ...stretch(0, 20, 'stand'),
      observed({ kind: 'silent', at, lastHeardAt: null, ...device }),
    ];
    expect(run(items).alerts.map(({ id }) => id)).toEqual([
      'activity-0-1/started',
      'device-1/silent',
      'activity-0-1/ended',
    ]);
  });

  it('names its webhook as the key of its announcements', () => {
    const webhook = 'https://hooks.example/stand';
    const { announced } = run([rule({ webhook }), rule(), ...stretch(0, 20, 'stand')]);
    expect(announced.map(({ key }) => key)).toEqual([webhook, '']);
  });
});

describe('alerts of the learner', () => {
  it('are copied as they are; one without an episode is one of its own', () => {
    const drift = '{"id":"drift-1/drift", "data":{"episode":"drift-1","stage":"drift"}}';
    const challenger = { id: 'challenger-4', type: 'hark.challenger', data: { version: 4 } };
    const { announced } = run([
      [TOPICS.alerts, drift],
      [TOPICS.alerts, challenger],
    ]);
    expect(announced).toEqual([
      { key: '', text: drift },
      {
        key: '',
        text: JSON.stringify({
          ...challenger,
          data: { episode: 'challenger-4', stage: 'raised', version: 4 },
        }),
      },
    ]);
  });
});

describe('what was observed', () => {
  const at = '2026-01-01T00:01:00.000Z';
  const lastHeardAt = '2026-01-01T00:00:00.000Z';
  const device = { user: 'a', device: 'gear_1' };
  const behind = { at, app: 'learner', waitingRecords: 7, waitedSeconds: 31 } as const;

  it('is announced once a stage, and only of what is watched', () => {
    const silent = observed({ kind: 'silent', at, lastHeardAt, ...device });
    const heard = observed({ kind: 'heard', at, ...device });
    const late = observed({ kind: 'behind', ...behind });
    const items = [
      ...[silent, heard, observed({ kind: 'present', at, ...device }), heard, silent, silent, heard, heard],
      ...[silent, late, late, observed({ kind: 'caught_up', ...behind }), late],
    ];
    const { alerts } = run(items);
    expect(alerts.map(({ id }) => id)).toEqual([
      'device-1/silent',
      'device-1/heard',
      'device-2/silent',
      'service-1/behind',
      'service-1/caught_up',
      'service-2/behind',
    ]);
    expect(alerts[1]).toMatchObject({
      type: 'hark.device',
      time: at,
      subject: 'a/gear_1',
      data: { episode: 'device-1', stage: 'heard', ...device, lastHeardAt },
    });
    expect(alerts[3]).toMatchObject({
      type: 'hark.service',
      subject: 'learner',
      data: { stage: 'behind', app: 'learner', waitingRecords: 7, waitedSeconds: 31 },
    });
  });
});

describe('the desk', () => {
  it('announces the same wherever it is restored, and gives no id twice', () => {
    const activities = ['stand', 'walk', 'unknown'];
    const user = fc.constantFrom('a', 'b');
    const at = '2026-01-01T00:00:00.000Z';
    const piece = fc.oneof(
      { weight: 6, arbitrary: fc.tuple(fc.constantFrom(...activities), fc.nat(12), fc.nat(14), user) },
      { weight: 1, arbitrary: fc.record({ rule: fc.constantFrom(1, 2) }) },
      { weight: 1, arbitrary: fc.record({ removed: fc.nat(3) }) },
      {
        weight: 2,
        arbitrary: fc.record({ kind: fc.constantFrom('present', 'silent', 'heard'), user }),
      },
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 25 }), fc.nat(), (pieces, seed) => {
        let second = 0;
        const items: Item[] = [rule({ forSeconds: 5 })];
        for (const each of pieces) {
          if (Array.isArray(each)) {
            const [activity, length, gap, whose] = each;
            items.push(...stretch(second, second + length + 1, activity, { user: whose }));
            second += length + gap;
          } else if ('rule' in each) items.push(rule({ forSeconds: 4 * each.rule }));
          else if ('removed' in each) items.push(removed(each.removed));
          else
            items.push([
              TOPICS.observations,
              { kind: each.kind, at, lastHeardAt: at, user: each.user, device: 'gear_1' },
            ]);
        }
        const whole = run(items);
        const ids = whole.alerts.map(({ id }) => id);
        expect(new Set(ids).size).toBe(ids.length);
        for (const { data } of whole.alerts)
          if (data.stage === 'ended') expect(ids).toContain(`${data.episode}/started`);
        const every = new Set(items.keys());
        const one = new Set([seed % items.length]);
        for (const cuts of [every, one]) expect(run(items, cuts).announced).toEqual(whole.announced);
      }),
      { numRuns: 60 },
    );
  });
});
