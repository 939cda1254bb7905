import { MAX_ACTIVITIES } from '@hark/contracts';
import { StateFormatError, type StateReader, type StateWriter } from '@hark/streaming';
import { TooManyClassesError } from '../classifier.js';

/** The classes a classifier knows, numbered in the order they were first learned; at most 32. */
export class ClassList {
  readonly names: string[] = [];
  private readonly numbers = new Map<string, number>();

  /** @returns the class's number, or −1 when it has never been learned. */
  find(name: string): number {
    return this.numbers.get(name) ?? -1;
  }

  /**
   * @returns the class's number; a new one when the name has never been seen.
   * @throws TooManyClassesError when that would be the 33rd; nothing is added then.
   */
  findOrAdd(name: string): number {
    const known = this.numbers.get(name);
    if (known !== undefined) return known;
    if (this.names.length === MAX_ACTIVITIES) {
      throw new TooManyClassesError(`class ${JSON.stringify(name)} would be one more than ${MAX_ACTIVITIES}`);
    }
    this.numbers.set(name, this.names.length);
    return this.names.push(name) - 1;
  }

  write(state: StateWriter): void {
    state.u32(this.names.length);
    for (const name of this.names) state.string(name);
  }

  static read(state: StateReader): ClassList {
    const list = new ClassList();
    const count = state.u32();
    if (count > MAX_ACTIVITIES) throw new StateFormatError(`${count} classes`);
    for (let i = 0; i < count; i++) {
      if (list.findOrAdd(state.string()) !== i) throw new StateFormatError('a class stands twice');
    }
    return list;
  }
}
