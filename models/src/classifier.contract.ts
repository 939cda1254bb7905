import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { StateFormatError, StateWriter } from '@hark/streaming';
import { FeatureError, TooManyClassesError, type Classifier, type ClassifierFactory } from './classifier.js';
import { Xoshiro128 } from './random/xoshiro128.js';

interface Example {
  readonly x: Float64Array;
  readonly label: string;
}

const DIMENSIONS = 5;
const CENTRES: Readonly<Record<string, readonly number[]>> = {
  walk: [0, 3, -1, 2, 0],
  sit: [4, 0, 1, -2, 0],
  bike: [-3, -3, 2, 0, 0],
};

/** Three well separated clouds, in random order. */
function clouds(count: number, seed = 1): Example[] {
  const random = new Xoshiro128(seed);
  const names = Object.keys(CENTRES);
  return Array.from({ length: count }, () => {
    const label = names[random.nextUint32() % names.length];
    const x = Float64Array.from(CENTRES[label], (centre) => centre + random.nextUniform() - 0.5);
    return { x, label };
  });
}

const learnAll = (classifier: Classifier, examples: readonly Example[]): Classifier => {
  for (const { x, label } of examples) classifier.learn(x, label);
  return classifier;
};

const mostProbable = (classifier: Classifier, x: Float64Array): string => {
  const probabilities = classifier.predict(x);
  return classifier.classes[probabilities.indexOf(Math.max(...probabilities))];
};

function expectProbabilities(classifier: Classifier, x: Float64Array): void {
  const probabilities = classifier.predict(x);
  expect(probabilities.length).toBe(classifier.classes.length);
  let sum = 0;
  for (const p of probabilities) {
    expect(p >= 0 && p <= 1).toBe(true);
    sum += p;
  }
  if (probabilities.length > 0) expect(sum).toBeCloseTo(1, 12);
}

export interface ClassifierTraits {
  /** False for a baseline that does not look at the features. */
  readonly features?: boolean;
  /** Most bytes of a state of 5 features and 3 classes, for one that grows with what it has seen. */
  readonly mostBytes?: number;
}

/** As `toEqual`, which takes half a second for a large state. */
function expectSameBytes(actual: Uint8Array, expected: Uint8Array): void {
  expect(actual.length).toBe(expected.length);
  expect(actual.findIndex((byte, i) => byte !== expected[i])).toBe(-1);
}

/** What every classifier promises; the ideas are those of River's `check_estimator`. */
export function describeClassifier(factory: ClassifierFactory, traits: ClassifierTraits = {}): void {
  const { features = true, mostBytes } = traits;
  const create = (seed = 7) => factory.create({ dimensions: DIMENSIONS, seed });

  describe(`classifier ${factory.name}`, () => {
    it('starts with no class, no probability and nothing learned', () => {
      const classifier = create();
      expect(classifier.name).toBe(factory.name);
      expect(classifier.dimensions).toBe(DIMENSIONS);
      expect(classifier.classes).toEqual([]);
      expect(classifier.learned).toBe(0);
      expect(classifier.predict(new Float64Array(DIMENSIONS)).length).toBe(0);
    });

    it('gives finite probabilities of sum 1, whatever it has learned and is asked', () => {
      const value = fc.oneof(
        fc.double({ min: -10, max: 10, noNaN: true }),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.constantFrom(0, 1e308, -1e308, 5e-324),
      );
      const x = fc
        .array(value, { minLength: DIMENSIONS, maxLength: DIMENSIONS })
        .map((a) => Float64Array.from(a));
      const example = fc.record({ x, label: fc.constantFrom('a', 'b', 'c') });
      fc.assert(
        fc.property(fc.array(example, { maxLength: 30 }), x, (examples, asked) => {
          const classifier = learnAll(create(), examples);
          expectProbabilities(classifier, asked);
          expectProbabilities(classifier, new Float64Array(DIMENSIONS));
        }),
        { numRuns: 60 },
      );
    });

    it('is not changed by predicting', () => {
      const classifier = learnAll(create(), clouds(40));
      const before = classifier.snapshot();
      for (const { x } of clouds(20, 2)) classifier.predict(x);
      expectSameBytes(classifier.snapshot(), before);
      expect(classifier.learned).toBe(40);
    });

    it('learns the same whether or not it was asked before, also into a vector used again', () => {
      const [asked, silent] = [create(), create()];
      const reused = new Float64Array(DIMENSIONS);
      for (const { x, label } of clouds(60)) {
        reused.set(x.map((value) => -value));
        asked.predict(reused);
        reused.set(x);
        asked.learn(reused, label);
        silent.learn(x, label);
        asked.predict(x);
      }
      expectSameBytes(asked.snapshot(), silent.snapshot());
    });

    it('leaves the feature vector as it is', () => {
      const x = Float64Array.of(1, 2, 3, 4, 5);
      const classifier = create();
      classifier.learn(x, 'a');
      classifier.predict(x);
      expect(x).toEqual(Float64Array.of(1, 2, 3, 4, 5));
    });

    it('lists classes in the order they were first learned and counts windows', () => {
      const classifier = create();
      for (const label of ['sit', 'walk', 'sit', 'bike', 'walk']) {
        classifier.learn(new Float64Array(DIMENSIONS), label);
      }
      expect(classifier.classes).toEqual(['sit', 'walk', 'bike']);
      expect(classifier.learned).toBe(5);
    });

    if (features) {
      it('learns separable classes', () => {
        const classifier = learnAll(create(), clouds(200));
        const wrong = clouds(200, 5).filter(({ x, label }) => mostProbable(classifier, x) !== label);
        expect(wrong.length).toBeLessThanOrEqual(2);
      });

      it('learns a class that appears late', () => {
        const examples = clouds(300);
        const classifier = learnAll(
          create(),
          examples.filter(({ label }) => label !== 'bike'),
        );
        expect(classifier.classes).not.toContain('bike');
        learnAll(classifier, examples);
        const wrong = clouds(200, 5).filter(({ x, label }) => mostProbable(classifier, x) !== label);
        expect(wrong.length).toBeLessThanOrEqual(2);
      });
    }

    it('is certain when it has seen one class only', () => {
      const classifier = create();
      for (const { x } of clouds(20)) {
        classifier.learn(x, 'walk');
        expect([...classifier.predict(new Float64Array(DIMENSIONS))]).toEqual([1]);
      }
    });

    it('answers after one window of each class', () => {
      const classifier = create();
      for (const label of Object.keys(CENTRES)) {
        classifier.learn(Float64Array.from(CENTRES[label]), label);
        for (const { x } of clouds(10)) expectProbabilities(classifier, x);
      }
      expect(classifier.learned).toBe(3);
    });

    it('refuses the 33rd class and is as it was', () => {
      const classifier = create();
      const x = Float64Array.of(1, 0, 2, 0, 3);
      for (let i = 0; i < 32; i++) classifier.learn(x, `class-${i}`);
      const before = classifier.snapshot();
      expect(() => classifier.learn(x, 'class-32')).toThrow(TooManyClassesError);
      expectSameBytes(classifier.snapshot(), before);
      expect(classifier.classes.length).toBe(32);
      expectProbabilities(classifier, x);
      classifier.learn(x, 'class-31');
      expect(classifier.learned).toBe(33);
    });

    it.each([
      ['NaN', [0, NaN, 0, 0, 0]],
      ['infinite', [0, 0, 0, 0, Infinity]],
      ['too short', [0, 0, 0, 0]],
      ['too long', [0, 0, 0, 0, 0, 0]],
      ['empty', []],
    ])('refuses a vector that is %s and is as it was', (_, values) => {
      const classifier = learnAll(create(), clouds(10));
      const before = classifier.snapshot();
      const x = Float64Array.from(values);
      expect(() => classifier.learn(x, 'walk')).toThrow(FeatureError);
      expect(() => classifier.learn(x, 'new')).toThrow(FeatureError);
      expect(() => classifier.predict(x)).toThrow(FeatureError);
      expectSameBytes(classifier.snapshot(), before);
    });

    it('stays finite on constant features', () => {
      const classifier = create();
      const x = Float64Array.of(0, 1, -1, 9.81, 1e-12);
      for (let i = 0; i < 500; i++) classifier.learn(x, i % 3 === 0 ? 'a' : 'b');
      expectProbabilities(classifier, x);
      expectProbabilities(classifier, Float64Array.of(1, 1, 1, 1, 1));
    });

    it.each([
      ['the largest', 1e308],
      ['very large', 1e300],
      ['very small', 1e-300],
      ['the smallest', 5e-324],
    ])('stays finite on %s features, and goes on with ordinary ones', (_, magnitude) => {
      const classifier = create();
      const extreme = (i: number) =>
        Float64Array.from({ length: DIMENSIONS }, (_, j) => (((i >> j) & 1) === 0 ? magnitude : -magnitude));
      for (let i = 0; i < 60; i++) {
        classifier.learn(extreme(i), i % 2 === 0 ? 'walk' : 'sit');
        expectProbabilities(classifier, extreme(i + 1));
      }
      for (const { x, label } of clouds(60)) {
        classifier.learn(x, label);
        expectProbabilities(classifier, x);
        expectProbabilities(classifier, extreme(3));
      }
      expectProbabilities(factory.restore(classifier.snapshot()), extreme(5));
    });

    it('makes the same bits of the same options and the same windows', () => {
      const a = learnAll(create(3), clouds(60));
      const b = learnAll(create(3), clouds(60));
      expectSameBytes(a.snapshot(), b.snapshot());
    });

    it('renames its output when the labels are renamed', () => {
      const renamed: Record<string, string> = { walk: 'sit', sit: 'bike', bike: 'walk' };
      const examples = clouds(80);
      const a = learnAll(create(), examples);
      const b = learnAll(
        create(),
        examples.map(({ x, label }) => ({ x, label: renamed[label] })),
      );
      for (const { x } of clouds(20, 9)) expect([...b.predict(x)]).toEqual([...a.predict(x)]);
      expect(b.classes).toEqual(a.classes.map((label) => renamed[label]));
    });

    it('goes on bit for bit after a restore at any window', () => {
      // A class seen late, a constant stretch and a far value among ordinary windows.
      const still = { x: Float64Array.of(0, 0, 0, 9.81, 0), label: 'still' };
      const far = { x: Float64Array.of(1e9, 0, -1e-9, 0, 0), label: 'walk' };
      const examples = [...clouds(40), ...Array<Example>(10).fill(still), far, ...clouds(70, 2)];
      const straight = create();
      let interrupted = create();
      for (const [i, { x, label }] of examples.entries()) {
        if (i < 20 || i % 7 === 0) interrupted = factory.restore(interrupted.snapshot());
        expect([...interrupted.predict(x)]).toEqual([...straight.predict(x)]);
        straight.learn(x, label);
        interrupted.learn(x, label);
      }
      expectSameBytes(interrupted.snapshot(), straight.snapshot());
      expect(interrupted.classes).toEqual(straight.classes);
      expect(interrupted.learned).toBe(straight.learned);
    });

    it('keeps a snapshot apart from what is learned afterwards', () => {
      const classifier = learnAll(create(), clouds(30));
      const snapshot = classifier.snapshot();
      const copy = snapshot.slice();
      learnAll(classifier, clouds(30, 4));
      expectSameBytes(snapshot, copy);
    });

    it('needs no more memory after 10,000 windows', () => {
      const classifier = learnAll(create(), clouds(100));
      const most = mostBytes ?? classifier.snapshot().length;
      learnAll(classifier, clouds(10_000, 8));
      expect(classifier.snapshot().length).toBeLessThanOrEqual(most);
      expect(factory.restore(classifier.snapshot()).learned).toBe(10_100);
    });

    it('refuses a state that is cut short, damaged or goes on', () => {
      const snapshot = learnAll(create(), clouds(20)).snapshot();
      const refuse = (state: Uint8Array) => expect(() => factory.restore(state)).toThrow(StateFormatError);
      for (let i = 0; i < snapshot.length; i += 1 + (i >> 4)) {
        refuse(snapshot.subarray(0, i));
        const damaged = snapshot.slice();
        damaged[i] ^= 1;
        refuse(damaged);
      }
      refuse(Uint8Array.from([...snapshot, 0]));
    });

    it('refuses a state of another classifier and of another version', () => {
      const format = `hark.classifier.${factory.name}`;
      const refuse = (state: StateWriter) =>
        expect(() => factory.restore(state.finish())).toThrow(StateFormatError);
      refuse(new StateWriter('hark.classifier.another', 1));
      refuse(new StateWriter(format, 0));
      refuse(new StateWriter(format, 999));
    });
  });
}
