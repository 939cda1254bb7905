/** Values longer than this are never kept: no well-formed id is. */
const MAX_LENGTH = 512;
const PROBES = 8;

/**
 * Numbers the different byte strings that it has seen, 1, 2, 3 …, without making a string of one it knows. A
 * bounded number of probes keeps the worst case linear: values that collide too often are numbered again.
 */
export class ByteDictionary {
  private store = new Uint8Array(256);
  private used = 0;
  private offsets: number[] = [0];
  private lengths: number[] = [-1];
  /** Hash table of codes, 0 = empty; its size is a power of two. */
  private table = new Int32Array(64);

  /** Codes given out so far. */
  get size(): number {
    return this.offsets.length - 1;
  }

  /** Position behind the value `code` when it stands at `start`, else −1. Any byte may follow. */
  match(bytes: Uint8Array, start: number, code: number): number {
    const length = this.lengths[code];
    const end = start + length;
    if (length < 0 || end > bytes.length) return -1;
    const { store } = this;
    for (let i = start, j = this.offsets[code]; i < end; i++, j++) {
      if (bytes[i] !== store[j]) return -1;
    }
    return end;
  }

  /** Code of `bytes[start..end)`, a new one when it is new (then it equals `size`); 0 when too long to keep. */
  codeOf(bytes: Uint8Array, start: number, end: number): number {
    const length = end - start;
    if (length > MAX_LENGTH) return 0;
    let hash = length;
    for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i], 0x01000193);
    hash ^= hash >>> 15;
    const mask = this.table.length - 1;
    const home = hash & mask;
    let slot = home;
    for (let probe = 0; probe < PROBES; probe++) {
      const code = this.table[slot];
      if (code === 0) return this.add(bytes, start, end, slot);
      if (this.lengths[code] === length && this.match(bytes, start, code) === end) return code;
      slot = (slot + 1) & mask;
    }
    return this.add(bytes, start, end, home);
  }

  clear(): void {
    this.used = 0;
    this.offsets = [0];
    this.lengths = [-1];
    this.table = new Int32Array(64);
  }

  private add(bytes: Uint8Array, start: number, end: number, slot: number): number {
    const code = this.offsets.length;
    if (this.used + end - start > this.store.length) {
      const larger = new Uint8Array(2 * this.store.length + MAX_LENGTH);
      larger.set(this.store);
      this.store = larger;
    }
    this.offsets.push(this.used);
    this.lengths.push(end - start);
    for (let i = start; i < end; i++) this.store[this.used++] = bytes[i];
    this.table[slot] = code;
    // A larger table starts empty: values come in again as they are met, under a new code.
    if (code * 2 > this.table.length) this.table = new Int32Array(this.table.length * 4);
    return code;
  }
}
