import type { StateReader } from '../../encoding/state-reader.js';
import type { StateWriter } from '../../encoding/state-writer.js';

/**
 * A set of (key, instant), the instants within 24 days of the set's start. What comes in order is found by bisection
 * and costs nothing to enter; what is out of order is in a table of open addressing.
 */
export class InstantSet {
  /** Milliseconds from the start must fit in 31 bits. */
  static readonly MAX_SPAN_MS = 2_000_000_000;

  private keys = new Int32Array(64);
  private ms = new Int32Array(64);
  private subNs = new Int32Array(64);
  /** Entries that were later than all before them, so in the order of their instants too. */
  private ordered = new Int32Array(64);
  private orderedCount = 0;
  private greatestMs = -1;
  private greatestSubNs = -1;
  /** The other entries, + 1, by hash; 0 = free. Twice as many as entries, a power of 2. */
  private table = new Int32Array(128);
  private count = 0;

  get size(): number {
    return this.count;
  }

  /**
   * @param ms from the start of the set, below {@link MAX_SPAN_MS}.
   * @returns whether it is new.
   */
  add(key: number, ms: number, subNs: number): boolean {
    if (this.count === this.keys.length) this.grow();
    if (ms > this.greatestMs || (ms === this.greatestMs && subNs > this.greatestSubNs)) {
      this.greatestMs = ms;
      this.greatestSubNs = subNs;
      this.ordered[this.orderedCount++] = this.count;
      this.push(key, ms, subNs);
      return true;
    }
    if (this.isOrdered(key, ms, subNs)) return false;
    const { table } = this;
    const mask = table.length - 1;
    let at = hashOf(key, ms, subNs) & mask;
    for (let entry; (entry = table[at] - 1) >= 0; at = (at + 1) & mask) {
      if (this.subNs[entry] === subNs && this.ms[entry] === ms && this.keys[entry] === key) return false;
    }
    this.push(key, ms, subNs);
    table[at] = this.count;
    return true;
  }

  /** Empties the set; it keeps its room. */
  clear(): void {
    if (this.count > this.orderedCount) this.table.fill(0);
    this.count = this.orderedCount = 0;
    this.greatestMs = this.greatestSubNs = -1;
  }

  /** The key of each entry. */
  keyIds(): Int32Array {
    return this.keys.subarray(0, this.count);
  }

  /** @param numberOf what stands for a key in the state. */
  write(state: StateWriter, numberOf: (key: number) => number): void {
    state.f64Array(Float64Array.from(this.keyIds(), numberOf));
    state.f64Array(Float64Array.from(this.ms.subarray(0, this.count)));
    state.f64Array(Float64Array.from(this.subNs.subarray(0, this.count)));
  }

  static read(state: StateReader, keyOf: (number: number) => number): InstantSet {
    const set = new InstantSet();
    const keys = state.f64Array();
    const ms = state.f64Array(keys.length);
    const subNs = state.f64Array(keys.length);
    keys.forEach((key, i) => set.add(keyOf(key), ms[i], subNs[i]));
    return set;
  }

  get memoryUsedBytes(): number {
    return 600 + this.keys.length * 24;
  }

  /** Whether it is among the ordered entries, of which no two are of one instant. */
  private isOrdered(key: number, ms: number, subNs: number): boolean {
    let from = 0;
    let to = this.orderedCount;
    while (from < to) {
      const middle = (from + to) >>> 1;
      const entry = this.ordered[middle];
      const order = this.ms[entry] - ms || this.subNs[entry] - subNs;
      if (order === 0) return this.keys[entry] === key;
      if (order < 0) from = middle + 1;
      else to = middle;
    }
    return false;
  }

  private push(key: number, ms: number, subNs: number): void {
    this.keys[this.count] = key;
    this.ms[this.count] = ms;
    this.subNs[this.count] = subNs;
    this.count++;
  }

  private grow(): void {
    const length = this.keys.length * 2;
    this.keys = longer(this.keys, length);
    this.ms = longer(this.ms, length);
    this.subNs = longer(this.subNs, length);
    this.ordered = longer(this.ordered, length);
    this.table = new Int32Array(length * 2);
    const mask = this.table.length - 1;
    for (let entry = 0, next = 0; entry < this.count; entry++) {
      if (next < this.orderedCount && this.ordered[next] === entry) {
        next++;
        continue;
      }
      let at = hashOf(this.keys[entry], this.ms[entry], this.subNs[entry]) & mask;
      while (this.table[at] !== 0) at = (at + 1) & mask;
      this.table[at] = entry + 1;
    }
  }
}

function longer(values: Int32Array<ArrayBuffer>, length: number): Int32Array<ArrayBuffer> {
  const copy = new Int32Array(length);
  copy.set(values);
  return copy;
}

function hashOf(key: number, ms: number, subNs: number): number {
  let hash = Math.imul(ms, 0x9e3779b1) ^ Math.imul(subNs, 0x85ebca6b) ^ Math.imul(key, 0xc2b2ae35);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return hash ^ (hash >>> 13);
}
