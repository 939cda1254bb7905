import { describe, expect, it } from 'vitest';
import { deviceKey } from '@hark/contracts';
import { StateReader, StateWriter } from '@hark/streaming';
import { inverseOf } from './axis-turns.js';
import { DeviceTurns } from './device-turns.js';
import { ACTIVITIES, NAMES, People } from './testing/people.js';
import { TurnWatch } from './turn-watch.js';

/** The devices of some people, and a shared model that is always, or never, right about them. */
class Worn {
  turns = new DeviceTurns(NAMES);
  readonly watches = new Map<string, TurnWatch>();
  readonly told: { readonly window: number; readonly user: string; readonly of: string }[] = [];
  private windows = 0;

  constructor(
    readonly people: People,
    /** What the shared model says of a window's label. */
    private readonly likelihood: (x: Float64Array, target: number) => number = () => 1,
    private readonly missed = false,
  ) {}

  /** Learns so many windows of everybody, the devices turned so. */
  learn(rounds: number, turn: (user: string) => number = () => 0): void {
    for (let i = 0; i < rounds * this.people.users.length; i++) {
      const { user, device, label, x } = this.people.next(turn);
      const watch = this.watchOf(user);
      const target = ACTIVITIES.indexOf(label);
      this.turns.learn(watch, deviceKey({ user, device }), x, target, this.missed, this.likelihood);
      this.windows++;
      const { finding } = this.turns;
      if (finding !== null) this.told.push({ window: this.windows, user, of: finding.of });
    }
  }

  watchOf(user: string): TurnWatch {
    const watch = this.watches.get(user) ?? new TurnWatch();
    this.watches.set(user, watch);
    return watch;
  }

  shown(): number[] {
    return this.people.users.map((user) => this.turns.shownTurn(this.watchOf(user)));
  }
}

const FOUR = ['ann', 'bob', 'cid', 'dan'];
const ROUNDS = 80;

describe('the turns of devices', () => {
  it('find one of four devices turned though nothing is missed, name it once, and make the turn', () => {
    const worn = new Worn(new People(FOUR, 1));
    worn.learn(ROUNDS);
    expect([worn.told, worn.shown()]).toEqual([[], [0, 0, 0, 0]]);
    worn.learn(40, (user) => (user === 'cid' ? 5 : 0));
    expect(worn.told).toEqual([{ window: expect.any(Number), user: 'cid', of: 'device' }]);
    expect(worn.told[0].window).toBeLessThanOrEqual(4 * (ROUNDS + 10));
    expect(worn.shown()).toEqual([0, 0, inverseOf(5), 0]);
  });

  it('find all devices turned by two windows of each, and tell of that once', () => {
    const worn = new Worn(new People(FOUR, 2));
    worn.learn(ROUNDS);
    worn.learn(40, () => 14);
    expect(worn.told.map(({ of }) => of)).toEqual(['all']);
    expect(worn.told[0].window).toBeLessThanOrEqual(4 * ROUNDS + 10);
    expect(worn.shown()).toEqual(Array<number>(4).fill(inverseOf(14)));
  });

  it('tell of the way back too', () => {
    const worn = new Worn(new People(FOUR, 3));
    worn.learn(ROUNDS);
    worn.learn(60, (user) => (user === 'ann' ? 7 : 0));
    worn.learn(60);
    expect(worn.told.map(({ user, of }) => [user, of])).toEqual([
      ['ann', 'device'],
      ['ann', 'device'],
    ]);
    expect(worn.shown()).toEqual([0, 0, 0, 0]);
  });

  it('tell of a turn that would make labels less likely, and do not make it', () => {
    const people = new People(FOUR, 4);
    let asked = 0;
    // The first eight windows asked about are as turned, the next eight as they are.
    const worn = new Worn(people, () => (asked++ < 8 ? 0.1 : 0.9));
    worn.learn(ROUNDS);
    worn.learn(12, (user) => (user === 'bob' ? 5 : 0));
    expect(worn.told.map(({ user }) => user)).toEqual(['bob']);
    expect([asked, worn.shown()]).toEqual([16, [0, 0, 0, 0]]);
  });

  it('find nothing while people only wear their devices a little differently', () => {
    const worn = new Worn(new People(FOUR, 6, 0.6));
    worn.learn(400);
    expect([worn.told, worn.shown()]).toEqual([[], [0, 0, 0, 0]]);
  });

  it('go on the same after a restore', () => {
    const [straight, interrupted] = [new Worn(new People(FOUR, 7)), new Worn(new People(FOUR, 7))];
    for (let i = 0; i < 110; i++) {
      const state = new StateWriter('t', 1);
      interrupted.turns.write(state);
      interrupted.turns = new DeviceTurns(NAMES);
      interrupted.turns.read(new StateReader(state.finish(), 't', 1));
      for (const worn of [straight, interrupted]) worn.learn(1, (user) => (i > 80 && user < 'cid' ? 3 : 0));
    }
    expect(interrupted.told).toEqual(straight.told);
    expect(straight.told.length).toBeGreaterThan(0);
    expect(interrupted.shown()).toEqual(straight.shown());
  });
});
