import { MAX_ACTIVITIES } from '@hark/contracts';
import type { StateReader, StateWriter } from '@hark/streaming';
import { ClassList } from '../classifiers/class-list.js';
import { viewsByLength } from './views-by-length.js';

/**
 * Brings a model's probabilities to class numbers that stay. A model's own numbers do not: after a rollback the model
 * may know fewer classes, and learn them again in another order.
 */
export class ClassAlignment {
  private list = new ClassList();
  private readonly aligned: readonly Float64Array[];
  private readonly back: readonly Float64Array[];
  /** Of the model asked last: its classes, how many they were, and the number of each here or −1. */
  private classes: readonly string[] = [];
  private known = 0;
  private readonly numbers = new Int32Array(MAX_ACTIVITIES);

  constructor() {
    this.aligned = viewsByLength();
    this.back = viewsByLength();
  }

  /** Number of a class that has been added, or −1. */
  find(label: string): number {
    return this.list.find(label);
  }

  /** Adds classes while there is room: there are 32. */
  add(classes: readonly string[]): void {
    for (const label of classes) {
      if (this.list.find(label) >= 0 || this.list.names.length === MAX_ACTIVITIES) continue;
      this.list.findOrAdd(label);
      this.classes = [];
    }
  }

  /** @returns `probabilities` of `classes` by the numbers here, 0 where the model has no such class; reused. */
  align(classes: readonly string[], probabilities: Float64Array): Float64Array {
    this.number(classes);
    const aligned = this.aligned[this.list.names.length];
    aligned.fill(0);
    for (let j = 0; j < probabilities.length; j++) {
      if (this.numbers[j] >= 0) aligned[this.numbers[j]] = probabilities[j];
    }
    return aligned;
  }

  /**
   * The way back: `corrected` in the order of `classes`, summing to 1; a class without a number keeps its share.
   * @returns an array that the next call reuses.
   */
  restore(classes: readonly string[], probabilities: Float64Array, corrected: Float64Array): Float64Array {
    this.number(classes);
    const back = this.back[probabilities.length];
    let sum = 0;
    for (let j = 0; j < back.length; j++) {
      back[j] = this.numbers[j] >= 0 ? corrected[this.numbers[j]] : probabilities[j];
      sum += back[j];
    }
    for (let j = 0; j < back.length; j++) back[j] = sum > 0 ? back[j] / sum : probabilities[j];
    return back;
  }

  write(state: StateWriter): void {
    this.list.write(state);
  }

  read(state: StateReader): void {
    this.list = ClassList.read(state);
    this.classes = [];
  }

  /** A model's list only grows: the same list of the same length has the same numbers. */
  private number(classes: readonly string[]): void {
    if (classes === this.classes && classes.length === this.known) return;
    for (let j = 0; j < classes.length; j++) this.numbers[j] = this.list.find(classes[j]);
    this.classes = classes;
    this.known = classes.length;
  }
}
