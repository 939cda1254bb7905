import { StateFormatError, type StateReader, type StateWriter } from '@hark/streaming';

/** Names kept in a tally. */
const MOST_NAMES = 256;

/** Windows and their errors by name, for up to 256 names. */
export class Tally {
  private readonly counts = new Map<string, { errors: number; windows: number }>();

  add(name: string, error: number): void {
    const count = this.counts.get(name);
    if (count !== undefined) {
      count.errors += error;
      count.windows++;
    } else if (this.counts.size < MOST_NAMES) {
      this.counts.set(name, { errors: error, windows: 1 });
    }
  }

  clear(): void {
    if (this.counts.size > 0) this.counts.clear();
  }

  /** Error rate of a name; 0 of one that is not here. */
  rateOf(name: string): number {
    const count = this.counts.get(name);
    return count === undefined ? 0 : count.errors / count.windows;
  }

  /** For each name the errors beyond those expected of it, at least 0. */
  excess(usualRate: (name: string) => number): [name: string, excess: number][] {
    return Array.from(this.counts, ([name, { errors, windows }]) => [
      name,
      Math.max(0, errors - usualRate(name) * windows),
    ]);
  }

  /** Names of at least `least` windows whose error rate is above their usual one by more than `rise`; sorted. */
  risen(usualRate: (name: string) => number, rise: number, least: number): string[] {
    const names: string[] = [];
    for (const [name, { errors, windows }] of this.counts) {
      if (windows >= least && errors / windows - usualRate(name) > rise) names.push(name);
    }
    return names.sort();
  }

  write(state: StateWriter): void {
    state.u32(this.counts.size);
    for (const [name, { errors, windows }] of this.counts) state.string(name).f64(errors).f64(windows);
  }

  read(state: StateReader): void {
    this.counts.clear();
    const size = state.u32();
    if (size > MOST_NAMES) throw new StateFormatError(`a tally of ${size} names`);
    for (let i = 0; i < size; i++) {
      this.counts.set(state.string(), { errors: state.f64(), windows: state.f64() });
    }
  }
}
