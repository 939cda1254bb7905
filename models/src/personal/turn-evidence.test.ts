import { describe, expect, it } from 'vitest';
import { StateReader, StateWriter } from '@hark/streaming';
import { AXIS_TURNS, inverseOf } from './axis-turns.js';
import { NAMES, People } from './testing/people.js';
import { TurnEvidence } from './turn-evidence.js';
import { TurnedFeatures } from './turned-features.js';

const ACTIVITY = { stand: 0, walk: 1, lie: 2, bike: 3 } as Record<string, number>;

function learned(windows: number): { people: People; evidence: TurnEvidence } {
  const people = new People(['ann'], 1);
  const evidence = new TurnEvidence(NAMES);
  for (let i = 0; i < windows; i++) {
    const { x, label } = people.next();
    evidence.learn(x, ACTIVITY[label]);
  }
  return { people, evidence };
}

describe('evidence of a turn', () => {
  it('says nothing of a class before ten windows of it', () => {
    const { people, evidence } = learned(9);
    const nats = new Float64Array(24);
    const { x } = people.next();
    expect(evidence.weigh(x, 0, nats)).toBe(false);
    evidence.learn(x, 0);
    expect(evidence.weigh(x, 0, nats)).toBe(true);
    expect(evidence.weigh(x, 1, nats)).toBe(false);
  });

  it('is for no turn where the device lies as usual, and for the way back where it was turned', () => {
    const { people, evidence } = learned(400);
    const turned = new TurnedFeatures(NAMES);
    const nats = new Float64Array(24);
    for (let turn = 1; turn < AXIS_TURNS.length; turn++) {
      const { x, label } = people.next();
      evidence.weigh(x, ACTIVITY[label], nats);
      expect(Math.max(...nats)).toBe(0);
      evidence.weigh(turned.write(turn, x, new Float64Array(x.length)), ACTIVITY[label], nats);
      expect(nats.indexOf(Math.max(...nats))).toBe(inverseOf(turn));
    }
  });

  it('weighs a turn as it weighs the turned window', () => {
    const { people, evidence } = learned(400);
    const turned = new TurnedFeatures(NAMES);
    const { x, label } = people.next();
    const nats = new Float64Array(24);
    const ofTurned = new Float64Array(24);
    evidence.weigh(x, ACTIVITY[label], nats);
    for (let turn = 1; turn < AXIS_TURNS.length; turn++) {
      evidence.weigh(turned.write(turn, x, new Float64Array(x.length)), ACTIVITY[label], ofTurned);
      expect(nats[turn]).toBeCloseTo(-ofTurned[inverseOf(turn)], 9);
    }
  });

  it('stays finite with enormous features', () => {
    const { evidence } = learned(400);
    const nats = new Float64Array(24);
    const x = new Float64Array(NAMES.length).fill(1e300);
    evidence.weigh(x, 0, nats);
    evidence.learn(x, 0);
    evidence.weigh(x, 0, nats);
    expect(nats.every(Number.isFinite)).toBe(true);
  });

  it('is the same after a restore', () => {
    const { people, evidence } = learned(120);
    const state = new StateWriter('t', 1);
    evidence.write(state);
    const restored = new TurnEvidence(NAMES);
    restored.read(new StateReader(state.finish(), 't', 1));
    const { x, label } = people.next();
    for (const each of [evidence, restored]) each.learn(x, ACTIVITY[label]);
    const [a, b] = [new Float64Array(24), new Float64Array(24)];
    evidence.weigh(x, ACTIVITY[label], a);
    restored.weigh(x, ACTIVITY[label], b);
    expect(b).toEqual(a);
  });
});
