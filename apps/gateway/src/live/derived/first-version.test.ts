import { StateReader, StateWriter } from '@hark/streaming';
import { expect, it } from 'vitest';
import { UserActivities } from '../fusion/user-activities.js';
import { restoreTo, stateOf } from './checkpoints.js';
import { Transitions } from './transitions.js';

/** States of derivations as builds before the second version of them wrote them. */
const first = () => new StateWriter('hark.derivation', 1);
const TRANSITION =
  '{"kind":"transition","user":"a","device":"d","model":"nexus4","from":null,"to":"walk",' +
  '"at":"2015-02-23T13:00:00.000Z","decidedAt":"2015-02-23T13:00:03.840Z","confidence":0.75,"prediction":"a/d/1","modelVersion":2}';

const run = (state: StateWriter, activity: string, count: number) =>
  state.string(activity).f64(1000).f64(2000).f64(1.5).u32(count);

it('transitions go on from the first version of their state, and store it as the second', () => {
  const state = first().u32(2).string('a\u0000d').f64(5000).bool(true).string('walk');
  run(state, 'sit', 2);
  run(state, '', 0);
  state.bool(true).f64(7).string('a').u32(1).string('d').string(TRANSITION);
  state.string('b\u0000d').f64(4000).bool(false);
  run(state, '', 0);
  run(state, '', 0);
  state.bool(false);
  const options = { mode: 'append', minConfidence: 0.6, leaveConfidence: 0.4, dwellMs: 3000 } as const;
  const old = new Transitions(options);
  restoreTo(old, state.finish());
  const again = new Transitions(options);
  restoreTo(again, stateOf(old));
  for (const transitions of [old, again])
    expect([...transitions.latest()]).toEqual([
      { offset: 7, user: 'a', devices: ['d'], payload: TRANSITION },
    ]);
  expect(stateOf(again)).toEqual(stateOf(old));
  expect(new StateReader(stateOf(old), 'hark.derivation', 2).version).toBe(2);
});

it('fused activities go on from the first version of their state, and store it as the second', () => {
  const state = first().u32(1).string('a').u32(1).string('d').f64(5000);
  state.f64(2).f64Array(Float64Array.from({ length: 32 }, (_, i) => (i < 2 ? 30 + i : 0)));
  const opinion = () => {
    state.string('d').string('nexus4').string('walk').f64(0.75).f64(2440).f64(5000).f64(30);
    state.u32(2).string('walk').f64(0.75).string('sit').f64(0.25);
  };
  state.f64(7).string('a/d/1').u32(1);
  opinion();
  state.u32(2).string('walk').f64(0.75).string('sit').f64(0.25);
  state.u32(1).string('a').u32(1);
  opinion();
  state.u32(0).u32(0);
  const old = new UserActivities('append');
  restoreTo(old, state.finish());
  const again = new UserActivities('append');
  restoreTo(again, stateOf(old));
  for (const fused of [old, again]) {
    const [{ offset, user, payload }] = fused.latest();
    expect([offset, user]).toEqual([7, 'a']);
    expect(JSON.parse(payload)).toEqual({
      kind: 'fused',
      user: 'a',
      activity: 'walk',
      confidence: 0.75,
      probabilities: { walk: 0.75, sit: 0.25 },
      state: 'ok',
      devices: [
        {
          device: 'd',
          model: 'nexus4',
          activity: 'walk',
          confidence: 0.75,
          window: { start: '1970-01-01T00:00:02.440Z', end: '1970-01-01T00:00:05.000Z' },
          clockOffsetMs: 30,
        },
      ],
      at: '1970-01-01T00:00:05.030Z',
      prediction: 'a/d/1',
    });
  }
  expect(stateOf(again)).toEqual(stateOf(old));
});
