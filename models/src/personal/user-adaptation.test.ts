import { describe, expect, it } from 'vitest';
import { StateFormatError, StateReader, StateWriter } from '@hark/streaming';
import { FeatureError } from '../classifier.js';
import { RandomFeatureRls } from '../classifiers/random-feature-rls.js';
import { mostProbable } from '../scores/most-probable.js';
import { inverseOf } from './axis-turns.js';
import { NAMES, People, type PersonWindow } from './testing/people.js';
import { UserAdaptation } from './user-adaptation.js';

const DIMENSIONS = NAMES.length;

/** A shared model and the adaptation about it, wired as the learner does. */
class Adapted {
  readonly shared = new RandomFeatureRls({ dimensions: DIMENSIONS, seed: 1 });
  adaptation = new UserAdaptation(NAMES);

  /** Probabilities by class, before learning. */
  predict(window: PersonWindow): Float64Array {
    const shown = this.adaptation.show(window, window.x);
    const shared = this.shared.predict(shown);
    return this.adaptation.adapt(window.user, shown, this.shared.classes, shared).slice();
  }

  learn(window: PersonWindow, sharedToo = true): void {
    const shown = this.adaptation.learn(window, window.x, window.label, this.shared);
    if (sharedToo) this.shared.learn(shown, window.label);
  }

  /** Test, then train. @returns whether the window was recognised. */
  take(window: PersonWindow, sharedToo = true): boolean {
    const probabilities = this.predict(window);
    this.learn(window, sharedToo);
    return probabilities.length > 0 && this.shared.classes[mostProbable(probabilities)] === window.label;
  }
}

function settled(people: People, windows = 480): Adapted {
  const adapted = new Adapted();
  for (let i = 0; i < windows; i++) adapted.take(people.next());
  return adapted;
}

function restored(adaptation: UserAdaptation): UserAdaptation {
  const state = new StateWriter('t', 1);
  adaptation.write(state);
  const copy = new UserAdaptation(NAMES);
  copy.read(new StateReader(state.finish(), 't', 1));
  return copy;
}

describe('the adaptation to users', () => {
  it('answers as the shared model does for a user of whom nothing was learned', () => {
    const people = new People(['ann', 'bob'], 1);
    const { adaptation, shared } = settled(people, 200);
    const { x } = people.next();
    const probabilities = shared.predict(x);
    expect(adaptation.show({ user: 'eve', device: 'phone' }, x)).toBe(x);
    expect(adaptation.adapt('eve', x, shared.classes, probabilities)).toBe(probabilities);
  });

  it('answers probabilities that sum to 1', () => {
    const people = new People(['ann', 'bob'], 1);
    const adapted = settled(people, 200);
    const sum = adapted.predict(people.next()).reduce((total, p) => total + p, 0);
    expect(sum).toBeCloseTo(1, 12);
  });

  it('learns what one user means by a label, and changes no answer to the other', () => {
    const people = new People(['ann', 'bob'], 2);
    const adapted = settled(people);
    // Ann calls it lying what everybody calls standing; the shared model is not told.
    const ofAnn = { asked: 0, right: 0 };
    let ofBob = 0;
    for (let i = 0; i < 288; i++) {
      const window = people.next();
      if (window.user === 'bob') {
        ofBob += adapted.take(window, false) ? 1 : 0;
        continue;
      }
      const label = window.label === 'stand' ? 'lie' : window.label;
      const right = adapted.take({ ...window, label }, false);
      if (i < 144 || label !== 'lie') continue;
      ofAnn.asked++;
      ofAnn.right += right ? 1 : 0;
    }
    expect(ofAnn.asked).toBeGreaterThan(10);
    expect(ofAnn.right).toBeGreaterThan(0.75 * ofAnn.asked);
    expect(ofBob).toBe(144);
  });

  it.each([1, 2, 5, 14, 19])('notices within 40 windows that one phone got turn %i, and goes on', (turn) => {
    const people = new People(['ann', 'bob', 'cid'], 3);
    const adapted = settled(people);
    const wrong = [0, 0];
    for (let i = 0; i < 360; i++) {
      const window = people.next((user) => (user === 'bob' ? turn : 0));
      const right = adapted.take(window);
      if (i >= 120 && !right) wrong[window.user === 'bob' ? 1 : 0]++;
    }
    const turned = people.users.map((user) => adapted.adaptation.turnOf({ user, device: `${user}-phone` }));
    expect(turned).toEqual([0, inverseOf(turn), 0]);
    expect(wrong).toEqual([0, 0]);
  });

  it('tells of a turn once, within 20 windows, and says whose it is', () => {
    const people = new People(['ann', 'bob', 'cid'], 3);
    const adapted = settled(people);
    const told: unknown[] = [];
    for (let i = 0; i < 180; i++) {
      const window = people.next((user) => (user === 'bob' ? 5 : 0));
      adapted.learn(window);
      const finding = adapted.adaptation.turnFinding;
      if (finding !== null) told.push({ i, user: window.user, ...finding });
    }
    expect(told).toEqual([{ i: expect.any(Number), user: 'bob', of: 'device', error: expect.any(Number) }]);
    const [{ i, error }] = told as { i: number; error: number }[];
    expect(i / 3).toBeLessThan(20);
    expect(error).toBeGreaterThan(0);
  });

  it('tells of a device that was never worn otherwise, once the shared model has missed it and two activities agree', () => {
    const people = new People(['ann', 'bob', 'cid', 'dan'], 3);
    const adapted = new Adapted();
    const told: string[] = [];
    for (let i = 0; i < 960; i++) {
      const window = people.next((user) => (user === 'dan' ? 5 : 0));
      if (window.user === 'dan' && i < 640) continue;
      adapted.take(window);
      if (adapted.adaptation.turnFinding !== null) told.push(window.user);
    }
    expect(told).toEqual(['dan']);
    expect(adapted.adaptation.turnOf({ user: 'dan', device: 'dan-phone' })).toBe(inverseOf(5));
  });

  it("tells within 20 windows that another device in a device's place lies otherwise, and not of one that lies as that did", () => {
    const swapped = (turn: number) => {
      const people = new People(['ann', 'bob', 'cid'], 3);
      const adapted = settled(people);
      const told: number[] = [];
      for (let i = 0; i < 180; i++) {
        const window = people.next((user) => (user === 'bob' ? turn : 0));
        adapted.learn(window.user === 'bob' ? { ...window, device: 'bob-other' } : window);
        if (adapted.adaptation.turnFinding !== null) told.push(Math.ceil(i / 3));
      }
      return told;
    };
    expect(swapped(0)).toEqual([]);
    const [windows, ...more] = swapped(7);
    expect(windows).toBeLessThan(20);
    expect(more).toEqual([]);
  });

  it('turns all devices, and ones to come, when all were turned, and tells of that once', () => {
    const people = new People(['ann', 'bob', 'cid', 'dan', 'eve', 'fay'], 4);
    const adapted = settled(people, 960);
    const told: unknown[] = [];
    for (let i = 0; i < 240; i++) {
      adapted.take(people.next(() => 7));
      const { turnFinding } = adapted.adaptation;
      if (turnFinding !== null) told.push(turnFinding.of);
    }
    expect(told).toEqual(['all']);
    const turned = [...people.users, 'new'].map((user) =>
      adapted.adaptation.turnOf({ user, device: `${user}-phone` }),
    );
    expect(turned).toEqual(Array<number>(7).fill(inverseOf(7)));
  });

  it('turns nothing while nothing is turned', () => {
    const people = new People(['ann', 'bob'], 5, 0.9);
    const adapted = new Adapted();
    let wrong = 0;
    for (let i = 0; i < 1200; i++) {
      if (!adapted.take(people.next())) wrong++;
      for (const user of people.users) {
        expect(adapted.adaptation.turnOf({ user, device: `${user}-phone` })).toBe(0);
      }
    }
    // It was not for want of misses.
    expect(wrong).toBeGreaterThan(5);
  });

  it('has a user who was set aside and brought back go on to the bit', () => {
    const people = new People(['ann', 'bob'], 6);
    const stayed = settled(people, 300);
    const left = settled(new People(['ann', 'bob'], 6), 300);
    for (let i = 0; i < 60; i++) {
      const bytes = left.adaptation.setAside('bob');
      expect(left.adaptation.has('bob')).toBe(false);
      left.adaptation.bringBack('bob', bytes as Uint8Array);
      const window = people.next((user) => (user === 'bob' ? 3 : 0));
      expect(left.predict(window)).toEqual(stayed.predict(window));
      left.learn(window);
      stayed.learn(window);
    }
  });

  it('goes on to the bit after a restore at any window', () => {
    const people = new People(['ann', 'bob'], 7);
    const straight = settled(people, 200);
    const interrupted = settled(new People(['ann', 'bob'], 7), 200);
    for (let i = 0; i < 100; i++) {
      if (i % 7 === 0) interrupted.adaptation = restored(interrupted.adaptation);
      const window = people.next((user) => (i > 30 && user === 'ann' ? 9 : 0));
      expect(interrupted.predict(window)).toEqual(straight.predict(window));
      interrupted.learn(window);
      straight.learn(window);
    }
    expect(interrupted.adaptation.turnOf({ user: 'ann', device: 'ann-phone' })).toBe(inverseOf(9));
  });

  it('knows who has been quiet for longest, and forgets on request', () => {
    const people = new People(['ann', 'bob', 'cid'], 8);
    const { adaptation, shared } = settled(people, 30);
    expect([adaptation.users, adaptation.longestQuiet, adaptation.learned('ann')]).toEqual([3, 'ann', 10]);
    const { x } = people.next();
    adaptation.learn({ user: 'ann', device: 'watch' }, x, 'walk', shared);
    expect(adaptation.longestQuiet).toBe('bob');
    adaptation.forget('bob');
    expect([adaptation.users, adaptation.longestQuiet, adaptation.learned('bob')]).toEqual([2, 'cid', 0]);
    expect(adaptation.setAside('bob')).toBeNull();
  });

  it('holds a user of many devices and 32 classes in 120 kB', () => {
    const people = new People(['ann'], 9);
    const { adaptation, shared } = settled(people, 20);
    for (let i = 0; i < 200; i++) {
      const { x } = people.next();
      const label = `c${i % 29}`;
      const shown = adaptation.learn({ user: 'ann', device: `d${i % 20}` }, x, label, shared);
      shared.learn(shown, label);
    }
    expect(shared.classes).toHaveLength(32);
    expect((adaptation.setAside('ann') as Uint8Array).length).toBeLessThan(120_000);
  });

  it('keeps what it knows of a class when the shared model was rolled back behind it', () => {
    const people = new People(['ann'], 10);
    const adapted = settled(people, 240);
    const younger = new RandomFeatureRls({ dimensions: DIMENSIONS, seed: 1 });
    for (let i = 0; i < 36; i++) {
      const { x, label } = people.next();
      if (label !== 'stand') younger.learn(x, label);
    }
    const { x } = people.next();
    const answer = adapted.adaptation.adapt('ann', x, younger.classes, younger.predict(x));
    expect(answer).toHaveLength(3);
    expect(answer.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12);
  });

  it('refuses features that are not finite, and learns nothing of them', () => {
    const people = new People(['ann'], 11);
    const { adaptation, shared } = settled(people, 60);
    const x = people.next().x.slice();
    x[5] = NaN;
    expect(() => adaptation.learn({ user: 'eve', device: 'phone' }, x, 'walk', shared)).toThrow(FeatureError);
    expect(adaptation.has('eve')).toBe(false);
  });

  it('stays finite with enormous and with constant features', () => {
    const adapted = new Adapted();
    for (let i = 0; i < 60; i++) {
      const x = new Float64Array(DIMENSIONS).fill(i % 3 === 0 ? 1e300 : i % 3 === 1 ? -1e300 : 0);
      const window = { user: 'ann', device: 'phone', label: i % 3 === 0 ? 'a' : 'b', x };
      expect(adapted.predict(window).every(Number.isFinite)).toBe(true);
      adapted.learn(window);
    }
  });

  it('adapts by other features too, and turns nothing there', () => {
    const adaptation = new UserAdaptation(['speed', 'height']);
    const shared = { classes: ['walk', 'sit'], predict: () => Float64Array.of(0.6, 0.4) };
    for (let i = 0; i < 20; i++) {
      const walks = i % 2 === 0;
      adaptation.learn(
        { user: 'ann', device: 'phone' },
        Float64Array.of(walks ? 1 : -1, i),
        walks ? 'walk' : 'sit',
        shared,
      );
    }
    const [, sit] = adaptation.adapt('ann', Float64Array.of(-1, 3), shared.classes, shared.predict());
    expect(sit).toBeGreaterThan(0.5);
    expect(adaptation.turnOf({ user: 'ann', device: 'phone' })).toBe(0);
  });

  it('keeps no more than 120 kB of a user with eight devices and 32 classes', () => {
    const adaptation = new UserAdaptation(NAMES);
    const classes = Array.from({ length: 32 }, (_, i) => `class ${i}`);
    const shared = { classes, predict: () => new Float64Array(32).fill(1 / 32) };
    const { x } = new People(['ann'], 1).next();
    for (let i = 0; i < 32 * 9 * 20; i++) {
      adaptation.learn(
        { user: 'ann', device: `device ${i % 9}` },
        x,
        classes[Math.floor(i / 9) % 32],
        shared,
      );
    }
    expect((adaptation.setAside('ann') as Uint8Array).length).toBeLessThanOrEqual(120_000);
  });

  it('does not take a state of other features', () => {
    const other = new UserAdaptation(['speed', 'height']);
    const shared = { classes: [], predict: () => new Float64Array(0) };
    other.learn({ user: 'ann', device: 'phone' }, Float64Array.of(1, 2), 'walk', shared);
    const bytes = other.setAside('ann') as Uint8Array;
    expect(() => new UserAdaptation(NAMES).bringBack('ann', bytes)).toThrow(StateFormatError);
  });
});
