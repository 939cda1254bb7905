import { crc32 } from './crc32.js';
import { LITTLE_ENDIAN } from './endianness.js';

const utf8 = new TextEncoder();

/** Characters of a string up to which a loop is faster than a call of the encoder. */
const SHORT = 48;

/** The number of the first name; what is below is the length of one that comes for the first time. */
export const NAME_NUMBERS = 0x8000_0000;

/**
 * Writes a state: its format's name and version, then values in the order that {@link StateReader} reads them, then
 * a CRC-32 of all before it. Everything is little-endian; floats keep their bits. The values carry no tags: a format's
 * writer and reader are two halves of one definition, and a change of either is a new version.
 */
export class StateWriter {
  private bytesHeld: Uint8Array;
  private view: DataView;
  private length = 0;
  /** Those written so far, each with its number. */
  private readonly names = new Map<string, number>();

  /** @param expectedBytes about how many there will be, the length of the last such state say: growing costs copies. */
  constructor(format: string, version: number, expectedBytes = 1024) {
    this.bytesHeld = new Uint8Array(expectedBytes);
    this.view = new DataView(this.bytesHeld.buffer);
    this.string(format);
    this.u32(version);
  }

  /** An integer, 0 to 255. */
  u8(value: number): this {
    this.reserve(1);
    this.bytesHeld[this.length] = value;
    this.length += 1;
    return this;
  }

  bool(value: boolean): this {
    return this.u8(value ? 1 : 0);
  }

  /** An integer, 0 to 2^32 − 1. */
  u32(value: number): this {
    this.reserve(4);
    this.view.setUint32(this.length, value, true);
    this.length += 4;
    return this;
  }

  /** Any number; integers are exact to 2^53. */
  f64(value: number): this {
    this.reserve(8);
    this.view.setFloat64(this.length, value, true);
    this.length += 8;
    return this;
  }

  /** Any well-formed string: byte length, UTF-8. */
  string(value: string): this {
    if (value.length > SHORT) return this.bytes(utf8.encode(value));
    // States hold many short names: their characters are their bytes, unless one is not of ASCII.
    this.reserve(4 + value.length);
    const start = this.length;
    this.u32(value.length);
    for (let i = 0; i < value.length; i++) {
      const character = value.charCodeAt(i);
      if (character > 127) {
        this.length = start;
        return this.bytes(utf8.encode(value));
      }
      this.bytesHeld[this.length++] = character;
    }
    return this;
  }

  /**
   * A string that comes again and again: in full as {@link string} the first time, then as its number, above
   * {@link NAME_NUMBERS}, which no length reaches. So what was written as strings can be read as names.
   */
  name(value: string): this {
    const number = this.names.get(value);
    if (number !== undefined) return this.u32(NAME_NUMBERS + number);
    this.names.set(value, this.names.size);
    return this.string(value);
  }

  /** Length, bytes. Nest another state by writing its bytes. */
  bytes(value: Uint8Array): this {
    this.u32(value.length);
    this.append(value);
    return this;
  }

  /** Length, values. */
  f64Array(values: Float64Array): this {
    this.u32(values.length);
    if (LITTLE_ENDIAN) this.append(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    else for (const value of values) this.f64(value);
    return this;
  }

  /** Length, values. */
  i32Array(values: Int32Array): this {
    this.u32(values.length);
    if (LITTLE_ENDIAN) this.append(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    else for (const value of values) this.u32(value >>> 0);
    return this;
  }

  /** The state. The writer can't be used afterwards. */
  finish(): Uint8Array {
    this.u32(crc32(this.bytesHeld, this.length));
    // A view would hold on to what was reserved and not used: a little of that is cheaper than a copy.
    const { bytesHeld, length } = this;
    return bytesHeld.length - length < length / 8
      ? bytesHeld.subarray(0, length)
      : bytesHeld.slice(0, length);
  }

  private append(value: Uint8Array): void {
    this.reserve(value.length);
    this.bytesHeld.set(value, this.length);
    this.length += value.length;
  }

  private reserve(more: number): void {
    if (this.length + more <= this.bytesHeld.length) return;
    const grown = new Uint8Array(Math.max(this.length + more + 1024, this.bytesHeld.length * 2));
    grown.set(this.bytesHeld.subarray(0, this.length));
    this.bytesHeld = grown;
    this.view = new DataView(grown.buffer);
  }
}
