import { describe, expect, it } from 'vitest';
import { TooManyClassesError, type FactoryOf } from '../classifier.js';
import { Xoshiro128 } from '../random/xoshiro128.js';
import { DifferentModelError, NotIncludedError, type Mergeable } from './mergeable.js';

interface Example {
  readonly x: Float64Array;
  readonly label: string;
}

const DIMENSIONS = 6;
const PLACES: Readonly<Record<string, readonly number[]>> = {
  walk: [0, 3, -1, 2, 0, 1],
  sit: [4, 0, 1, -2, 0, 1],
  bike: [-3, -3, 2, 0, 0, 1],
  lie: [0, 0, -3, -3, 2, 1],
};

/** A person's windows: each label about a place of its own, the person a little beside it. */
function person(seed: number, labels: readonly string[], count: number): Example[] {
  const random = new Xoshiro128(seed);
  return Array.from({ length: count }, () => {
    const label = labels[random.nextUint32() % labels.length];
    const x = Float64Array.from(PLACES[label], (place) => place + seed / 10 + random.nextUniform());
    return { x, label };
  });
}

const ANNA = person(1, ['walk', 'sit', 'bike'], 300);
/** Another order, a class that Anna has not, and one of hers missing. */
const BOB = person(2, ['lie', 'bike', 'walk'], 200);
const CARL = person(3, ['sit', 'walk'], 1);

/** That what is learned apart and added, or taken out, is as if it had been learned, or never had. */
export function describeMergeable<C extends Mergeable<C>>(factory: FactoryOf<C>): void {
  const learned = (...streams: Example[][]): C => {
    const classifier = factory.create({ dimensions: DIMENSIONS, seed: 4 });
    for (const { x, label } of streams.flat()) classifier.learn(x, label);
    return classifier;
  };

  const expectSameWeights = (actual: C, expected: C) => {
    expect([...actual.classes].sort()).toEqual([...expected.classes].sort());
    expect(actual.learned).toBe(expected.learned);
    for (const label of expected.classes) {
      const weights = actual.weights(label);
      const difference = expected.weights(label).map((weight, i) => Math.abs(weight - weights[i]));
      expect(Math.max(...difference)).toBeLessThan(1e-9);
    }
  };

  describe(`mergeable ${factory.name}`, () => {
    it('has different weights after different windows', () => {
      const [anna, bob] = [learned(ANNA).weights('walk'), learned(BOB).weights('walk')];
      expect(Math.max(...anna.map((weight, i) => Math.abs(weight - bob[i])))).toBeGreaterThan(0.01);
      expect(
        learned(ANNA)
          .weights('lie')
          .every((weight) => weight === 0),
      ).toBe(true);
    });

    it('merges two into what has learned both streams, in either order', () => {
      const [anna, bob, both] = [learned(ANNA), learned(BOB), learned(ANNA, BOB)];
      expectSameWeights(anna.merge(bob), both);
      expectSameWeights(bob.merge(anna), both);
      expect(anna.merge(bob).classes).toEqual(both.classes);
    });

    it('merges what took turns as what came one after the other', () => {
      const turns = BOB.flatMap((example, i) => [example, ANNA[i]]);
      expectSameWeights(learned(ANNA.slice(0, BOB.length)).merge(learned(BOB)), learned(turns));
    });

    it('merges what was only gathered as what was learned', () => {
      const gathered = factory.create({ dimensions: DIMENSIONS, seed: 4 });
      for (const { x, label } of BOB) gathered.gather(x, label);
      expect(gathered.learned).toBe(BOB.length);
      expectSameWeights(learned(ANNA).merge(gathered), learned(ANNA, BOB));
      const restored = factory.restore(gathered.snapshot());
      expectSameWeights(restored.merge(learned(ANNA)), learned(BOB, ANNA));
    });

    it('subtracts a user as if never seen', () => {
      const everyone = learned(CARL, BOB, ANNA);
      expectSameWeights(everyone.subtract(learned(BOB)), learned(CARL, ANNA));
      expectSameWeights(everyone.subtract(learned(CARL)), learned(BOB, ANNA));
      expectSameWeights(everyone.subtract(learned(ANNA)).subtract(learned(BOB)), learned(CARL));
    });

    it('loses the classes that only the subtracted user had', () => {
      expect(learned(ANNA, BOB).subtract(learned(BOB)).classes).toEqual(learned(ANNA).classes);
      const nobody = learned(ANNA).subtract(learned(ANNA));
      expect(nobody.classes).toEqual([]);
      expect(nobody.learned).toBe(0);
      expect(nobody.predict(ANNA[0].x).length).toBe(0);
    });

    it('merges and subtracts after a restore to the same bits', () => {
      const [anna, bob] = [learned(ANNA), learned(BOB)];
      const restored = [anna, bob].map((each) => factory.restore(each.snapshot()));
      const bytes = (classifier: C) => [...classifier.snapshot()].join();
      expect(bytes(restored[0].merge(restored[1])) === bytes(anna.merge(bob))).toBe(true);
      const merged = factory.restore(anna.merge(bob).snapshot());
      expectSameWeights(merged.subtract(restored[1]), anna);
    });

    it('leaves the two as they are', () => {
      const [both, bob] = [learned(ANNA, BOB), learned(BOB)];
      const before = [both, bob].map((each) => each.snapshot().join());
      both.merge(bob).learn(ANNA[0].x, 'walk');
      both.subtract(bob).learn(ANNA[0].x, 'walk');
      expect([both, bob].map((each, i) => each.snapshot().join() === before[i])).toEqual([true, true]);
    });

    it('goes on learning, and answers with all that was learned', () => {
      const merged = learned(ANNA).merge(learned(BOB));
      const rest = learned(ANNA, BOB).subtract(learned(BOB));
      for (const { x, label } of CARL) {
        merged.learn(x, label);
        rest.learn(x, label);
      }
      expectSameWeights(merged, learned(ANNA, BOB, CARL));
      expectSameWeights(rest, learned(ANNA, CARL));
      const wrong = [...ANNA, ...BOB].filter(({ x, label }) => {
        const probabilities = merged.predict(x);
        return merged.classes[probabilities.indexOf(Math.max(...probabilities))] !== label;
      });
      expect(wrong.length).toBeLessThan(10);
    });

    it('merges with and subtracts what has learned nothing', () => {
      const [anna, nobody] = [learned(ANNA), learned()];
      expectSameWeights(anna.merge(nobody), anna);
      expectSameWeights(nobody.merge(anna), anna);
      expectSameWeights(anna.subtract(nobody), anna);
      expectSameWeights(nobody.merge(nobody), nobody);
    });

    it('refuses to subtract what it has not learned', () => {
      const anna = learned(ANNA);
      expect(() => anna.subtract(learned(BOB))).toThrow(NotIncludedError);
      expect(() => learned(CARL).subtract(anna)).toThrow(NotIncludedError);
    });

    it('refuses what has other features or another seed', () => {
      const anna = learned(ANNA);
      for (const options of [
        { dimensions: DIMENSIONS, seed: 5 },
        { dimensions: DIMENSIONS + 1, seed: 4 },
      ]) {
        const other = factory.create(options);
        expect(() => anna.merge(other)).toThrow(DifferentModelError);
        expect(() => anna.subtract(other)).toThrow(DifferentModelError);
      }
    });

    it('refuses to have more than 32 classes by a merge', () => {
      const classes = (first: number, count: number) =>
        learned(Array.from({ length: count }, (_, i) => ({ x: ANNA[i].x, label: `class-${first + i}` })));
      expect(classes(0, 20).merge(classes(8, 24)).classes.length).toBe(32);
      expect(() => classes(0, 20).merge(classes(20, 13))).toThrow(TooManyClassesError);
    });
  });
}
