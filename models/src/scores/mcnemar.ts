import type { StateReader, StateWriter } from '@hark/streaming';
import { erfc } from './erfc.js';

/** Fewer windows than this on which only one of the two was right: the exact test. */
const FEW = 25;

/** What a comparison of two classifiers a and b says; all numbers are finite. */
export interface McNemarReport {
  /** Windows that both have answered. */
  readonly windows: number;
  readonly bothRight: number;
  readonly onlyARight: number;
  readonly onlyBRight: number;
  readonly bothWrong: number;
  /** Accuracy of b less that of a: above 0 where b is better. */
  readonly difference: number;
  /** How probable a difference of this size, to either side, is between two that are equally good. */
  readonly pValue: number;
  readonly test: 'exact' | 'chi-squared';
}

/**
 * McNemar's test (1947): whether two classifiers that answered the same windows differ by more than chance. Only the
 * windows count on which one was right and the other wrong. Of fewer than 25 the p-value is the exact binomial one,
 * two-sided; of more it is of chi-squared with continuity correction (Edwards 1948), one degree of freedom. The test
 * takes windows for independent; overlapping ones are not, and make it too sure.
 */
export class McNemar {
  private bothRight = 0;
  private onlyA = 0;
  private onlyB = 0;
  private bothWrong = 0;

  add(aRight: boolean, bRight: boolean): void {
    if (aRight && bRight) this.bothRight++;
    else if (aRight) this.onlyA++;
    else if (bRight) this.onlyB++;
    else this.bothWrong++;
  }

  get windows(): number {
    return this.bothRight + this.onlyA + this.onlyB + this.bothWrong;
  }

  /** Accuracy of b less that of a; 0 of none. */
  get difference(): number {
    return this.windows === 0 ? 0 : (this.onlyB - this.onlyA) / this.windows;
  }

  /** Two-sided; 1 where the two never differed. */
  get pValue(): number {
    const { onlyA, onlyB } = this;
    const differing = onlyA + onlyB;
    if (differing < FEW) return exactPValue(Math.min(onlyA, onlyB), differing);
    const distance = Math.max(0, Math.abs(onlyA - onlyB) - 1);
    return erfc(Math.sqrt((distance * distance) / differing / 2));
  }

  report(): McNemarReport {
    const { windows, bothRight, onlyA, onlyB, bothWrong, difference, pValue } = this;
    const test = onlyA + onlyB < FEW ? 'exact' : 'chi-squared';
    return {
      ...{ windows, bothRight, onlyARight: onlyA, onlyBRight: onlyB, bothWrong },
      ...{ difference, pValue, test },
    };
  }

  write(state: StateWriter): void {
    state.f64(this.bothRight).f64(this.onlyA).f64(this.onlyB).f64(this.bothWrong);
  }

  static read(state: StateReader): McNemar {
    const restored = new McNemar();
    restored.bothRight = state.f64();
    restored.onlyA = state.f64();
    restored.onlyB = state.f64();
    restored.bothWrong = state.f64();
    return restored;
  }
}

/** Twice the probability of at most `lesser` heads in `tosses` of a fair coin, at most 1. */
function exactPValue(lesser: number, tosses: number): number {
  let probability = 1;
  for (let i = 0; i < tosses; i++) probability /= 2;
  let sum = 0;
  for (let heads = 0; heads <= lesser; heads++) {
    sum += probability;
    probability *= (tosses - heads) / (heads + 1);
  }
  return Math.min(1, 2 * sum);
}
