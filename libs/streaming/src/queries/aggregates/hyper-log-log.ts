import type { StateReader } from '../../encoding/state-reader.js';
import type { StateWriter } from '../../encoding/state-writer.js';

/** 2^12 registers: a standard error of 1.6 %. */
const PRECISION = 12;
const REGISTERS = 1 << PRECISION;
/** Of a hash, 53 bits are kept, what a number holds: 41 after those that choose the register. */
const REST = 53 - PRECISION;
/** 2^41 and 2^21: where the 41 bits begin, and their lower half. */
const BELOW_INDEX = 2_199_023_255_552;
const LOWER = 2_097_152;
/** Up to so many different hashes are kept as they are, and counted exactly. */
const SPARSE = 512;

/**
 * How many different values there are (HyperLogLog++: Heule, Nunkesser & Hall 2013, its 64-bit hash and its sparse
 * form; the estimate by Ertl 2017, algorithm 6, which needs no table of biases). The order of the values is no matter.
 */
export class HyperLogLog {
  /** Hashes, while there are few: `hi · 2^21 +` the upper 21 bits of `lo`. */
  private sparse: Set<number> | null = new Set();
  private registers: Uint8Array | null = null;

  add(hi: number, lo: number): void {
    this.addHash(hi * LOWER + (lo >>> 11));
  }

  merge(other: HyperLogLog): void {
    if (other.sparse !== null) {
      for (const hash of other.sparse) this.addHash(hash);
      return;
    }
    const registers = this.dense();
    other.registers!.forEach((rank, index) => {
      if (rank > registers[index]) registers[index] = rank;
    });
  }

  estimate(): number {
    return this.sparse !== null ? this.sparse.size : Math.round(ertl(this.registers!));
  }

  write(state: StateWriter): void {
    state.bool(this.sparse !== null);
    if (this.sparse !== null) state.f64Array(Float64Array.from(this.sparse));
    else state.bytes(this.registers!);
  }

  static read(state: StateReader): HyperLogLog {
    const sketch = new HyperLogLog();
    if (state.bool()) sketch.sparse = new Set(state.f64Array());
    else {
      sketch.sparse = null;
      sketch.registers = state.bytes();
    }
    return sketch;
  }

  get memoryUsedBytes(): number {
    return this.sparse !== null ? 200 + this.sparse.size * 36 : REGISTERS + 200;
  }

  private addHash(hash: number): void {
    if (this.sparse === null) return raise(this.registers!, hash);
    this.sparse.add(hash);
    if (this.sparse.size > SPARSE) this.dense();
  }

  private dense(): Uint8Array {
    if (this.registers === null) {
      this.registers = new Uint8Array(REGISTERS);
      for (const hash of this.sparse!) raise(this.registers, hash);
      this.sparse = null;
    }
    return this.registers;
  }
}

/** The first 12 of the 53 bits choose the register, the zeros that lead the other 41 its rank. */
function raise(registers: Uint8Array, hash: number): void {
  const index = Math.floor(hash / BELOW_INDEX);
  const rest = hash - index * BELOW_INDEX;
  const upper = Math.floor(rest / LOWER);
  const zeros = upper !== 0 ? Math.clz32(upper) - 12 : 20 + Math.clz32(rest % LOWER) - 11;
  if (zeros + 1 > registers[index]) registers[index] = zeros + 1;
}

function ertl(registers: Uint8Array): number {
  const counts = new Array<number>(REST + 2).fill(0);
  for (const rank of registers) counts[rank]++;
  const full = REST + 1;
  let z = REGISTERS * tau(1 - counts[full] / REGISTERS);
  for (let rank = full - 1; rank >= 1; rank--) z = 0.5 * (z + counts[rank]);
  z += REGISTERS * sigma(counts[0] / REGISTERS);
  return (REGISTERS * REGISTERS) / (2 * Math.LN2 * z);
}

function sigma(x: number): number {
  if (x === 1) return Infinity;
  let power = x;
  let y = 1;
  let z = x;
  for (let before = -1; z !== before;) {
    power *= power;
    before = z;
    z += power * y;
    y += y;
  }
  return z;
}

function tau(x: number): number {
  if (x === 0 || x === 1) return 0;
  let root = x;
  let y = 1;
  let z = 1 - x;
  for (let before = -1; z !== before;) {
    root = Math.sqrt(root);
    before = z;
    y *= 0.5;
    z -= (1 - root) * (1 - root) * y;
  }
  return z / 3;
}
