import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StateFormatError, StateReader, StateWriter } from '@hark/streaming';
import { Xoshiro128 } from '../random/xoshiro128.js';
import type { DriftDetector, DriftInput } from './drift-detector.js';
import { DriftValueError } from './drift-value.js';

/** Errors at a rate of 0.1, from a third on 0.5, from two thirds on 0.05. */
export function errorStream(count: number, seed = 1): (0 | 1)[] {
  const random = new Xoshiro128(seed);
  return Array.from({ length: count }, (_, i) => {
    const rate = i < count / 3 ? 0.1 : i < (2 * count) / 3 ? 0.5 : 0.05;
    return random.nextUniform() < rate ? 1 : 0;
  });
}

const stateOf = (detector: DriftDetector): Uint8Array => {
  const state = new StateWriter('t', 1);
  detector.write(state);
  return state.finish();
};

const REFUSED: Readonly<Record<DriftInput, readonly number[]>> = {
  number: [NaN, Infinity, -Infinity],
  proportion: [NaN, Infinity, -0.1, 1.1],
  bit: [NaN, Infinity, 0.5, -1],
};

const values = (input: DriftInput): fc.Arbitrary<number> =>
  input === 'number'
    ? fc.oneof(fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.constantFrom(0, 1))
    : input === 'bit'
      ? fc.constantFrom(0, 1)
      : fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 1));

/** What every drift detector promises. */
export function describeDriftDetector(title: string, create: () => DriftDetector): void {
  describe(`drift detector ${title}`, () => {
    it('finds the error rising from 0.1 to 0.5, and says from what to what', () => {
      const detector = create();
      expect(detector.evidence).toBeNull();
      const signals = errorStream(1800).map((value) => detector.update(value));
      const found = signals.findIndex((signal, i) => i >= 600 && signal !== 'none');
      expect(found).toBeGreaterThan(600);
      expect(found).toBeLessThan(800);
      const evidence = detector.evidence!;
      for (const number of Object.values(evidence)) expect(Number.isFinite(number)).toBe(true);
      expect(evidence.since).toBeGreaterThan(0);
    });

    it('gives the same signals for the same values', () => {
      const [a, b] = [create(), create()];
      for (const value of errorStream(900)) expect(a.update(value)).toBe(b.update(value));
      expect(stateOf(a)).toEqual(stateOf(b));
    });

    it('goes on bit for bit after a restore at any value', () => {
      const straight = create();
      let interrupted = create();
      for (const [i, value] of errorStream(900).entries()) {
        if (i % 7 === 0) {
          const bytes = stateOf(interrupted);
          interrupted = create();
          const state = new StateReader(bytes, 't', 1);
          interrupted.read(state);
          state.finish();
        }
        expect(interrupted.update(value)).toBe(straight.update(value));
        expect(interrupted.evidence).toEqual(straight.evidence);
      }
      expect(stateOf(interrupted)).toEqual(stateOf(straight));
    });

    it('refuses what it is not made for, and stays as it was', () => {
      const detector = create();
      for (const value of errorStream(90)) detector.update(value);
      const before = stateOf(detector);
      for (const value of REFUSED[detector.input]) {
        expect(() => detector.update(value)).toThrow(DriftValueError);
      }
      expect(stateOf(detector)).toEqual(before);
    });

    it('keeps finite evidence, whatever it is given', () => {
      fc.assert(
        fc.property(fc.array(values(create().input), { maxLength: 300 }), (stream) => {
          const detector = create();
          for (const value of stream) detector.update(value);
          for (const number of Object.values(detector.evidence ?? {}))
            expect(Number.isFinite(number)).toBe(true);
        }),
        { numRuns: 30 },
      );
    });

    it('after a reset is as made', () => {
      const detector = create();
      for (const value of errorStream(900)) detector.update(value);
      detector.reset();
      expect(stateOf(detector)).toEqual(stateOf(create()));
      expect(detector.evidence).toBeNull();
      const other = create();
      for (const value of errorStream(300, 2)) expect(detector.update(value)).toBe(other.update(value));
    });

    it('holds 20,000 values in less than 6 kB', () => {
      const detector = create();
      for (const value of errorStream(20_000)) detector.update(value);
      expect(stateOf(detector).length).toBeLessThan(6000);
    });

    it('refuses a state cut short', () => {
      const state = new StateWriter('t', 1);
      expect(() => create().read(new StateReader(state.finish(), 't', 1))).toThrow(StateFormatError);
    });
  });
}
