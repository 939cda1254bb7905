import { StateFormatError, StateVersionError } from '../runner/processor.js';
import { crc32 } from './crc32.js';
import { LITTLE_ENDIAN } from './endianness.js';
import { NAME_NUMBERS } from './state-writer.js';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Reads what {@link StateWriter} wrote, in the same order. Every read is bounds-checked.
 *
 * @throws StateFormatError from any method: other format, other version, damaged, cut short, or read in another order.
 */
export class StateReader {
  /** Of the format, as it was written. */
  readonly version: number;
  private readonly view: DataView;
  private readonly end: number;
  private offset = 0;
  private readonly names: string[] = [];

  /** @param oldest version that can be read as well. */
  constructor(
    private readonly state: Uint8Array,
    format: string,
    version: number,
    oldest = version,
  ) {
    this.view = new DataView(state.buffer, state.byteOffset, state.byteLength);
    this.end = state.length - 4;
    if (this.end < 0 || this.view.getUint32(this.end, true) !== crc32(state, this.end)) {
      throw new StateFormatError(`not a state of ${format}: the checksum does not match`);
    }
    const found = this.string();
    if (found !== format) throw new StateFormatError(`a state of ${found}, expected ${format}`);
    this.version = this.u32();
    if (this.version < oldest || this.version > version)
      throw new StateVersionError(format, this.version, version);
  }

  u8(): number {
    return this.state[this.take(1)];
  }

  bool(): boolean {
    const value = this.u8();
    if (value > 1) throw new StateFormatError(`${value} where a truth value was expected`);
    return value === 1;
  }

  u32(): number {
    return this.view.getUint32(this.take(4), true);
  }

  f64(): number {
    return this.view.getFloat64(this.take(8), true);
  }

  string(): string {
    return this.text(this.u32());
  }

  /** See {@link StateWriter.name}. */
  name(): string {
    const found = this.u32();
    if (found < NAME_NUMBERS) {
      const name = this.text(found);
      this.names.push(name);
      return name;
    }
    const number = found - NAME_NUMBERS;
    if (number >= this.names.length) throw new StateFormatError(`name ${number} of ${this.names.length}`);
    return this.names[number];
  }

  /** A copy of its own. */
  bytes(): Uint8Array {
    return this.section(this.u32()).slice();
  }

  /** @param length what the array must be long, if that is known. */
  f64Array(length?: number): Float64Array<ArrayBuffer> {
    const found = this.arrayLength(length);
    const start = this.take(found * 8);
    const values = new Float64Array(found);
    if (LITTLE_ENDIAN) {
      new Uint8Array(values.buffer).set(this.state.subarray(start, start + found * 8));
    } else {
      for (let i = 0; i < found; i++) values[i] = this.view.getFloat64(start + i * 8, true);
    }
    return values;
  }

  /** @param length what the array must be long, if that is known. */
  i32Array(length?: number): Int32Array<ArrayBuffer> {
    const found = this.arrayLength(length);
    const start = this.take(found * 4);
    const values = new Int32Array(found);
    if (LITTLE_ENDIAN) {
      new Uint8Array(values.buffer).set(this.state.subarray(start, start + found * 4));
    } else {
      for (let i = 0; i < found; i++) values[i] = this.view.getInt32(start + i * 4, true);
    }
    return values;
  }

  /** Call when everything has been read: bytes left over are an error. */
  finish(): void {
    if (this.offset !== this.end) throw new StateFormatError(`${this.end - this.offset} bytes left over`);
  }

  private arrayLength(expected: number | undefined): number {
    const found = this.u32();
    if (expected !== undefined && found !== expected) {
      throw new StateFormatError(`an array of ${found}, expected ${expected}`);
    }
    return found;
  }

  private text(length: number): string {
    try {
      return utf8.decode(this.section(length));
    } catch (error) {
      if (error instanceof StateFormatError) throw error;
      throw new StateFormatError('a string that is not UTF-8');
    }
  }

  private section(length: number): Uint8Array {
    const start = this.take(length);
    return this.state.subarray(start, start + length);
  }

  private take(length: number): number {
    const start = this.offset;
    if (length > this.end - start) {
      throw new StateFormatError(`${length} bytes expected at ${start}, ${this.end - start} left`);
    }
    this.offset = start + length;
    return start;
  }
}
