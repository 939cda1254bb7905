import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { StateFormatError } from '../runner/processor.js';
import { crc32 } from './crc32.js';
import { StateReader } from './state-reader.js';
import { StateWriter } from './state-writer.js';

const example = () =>
  new StateWriter('example', 3)
    .u8(255)
    .bool(true)
    .u32(4_294_967_295)
    .f64(-0)
    .string('walk ✓')
    .bytes(Uint8Array.of(1, 2, 3))
    .f64Array(Float64Array.of(1.5, NaN, -Infinity))
    .finish();

describe('a state', () => {
  it('is read back in the order it was written', () => {
    const reader = new StateReader(example(), 'example', 3);
    expect(reader.u8()).toBe(255);
    expect(reader.bool()).toBe(true);
    expect(reader.u32()).toBe(4_294_967_295);
    expect(reader.f64()).toBe(-0);
    expect(reader.string()).toBe('walk ✓');
    expect(reader.bytes()).toEqual(Uint8Array.of(1, 2, 3));
    expect(reader.f64Array(3)).toEqual(Float64Array.of(1.5, NaN, -Infinity));
    expect(() => reader.finish()).not.toThrow();
  });

  it('has these bytes: name, version, values little-endian, checksum', () => {
    const hex = (bytes: Uint8Array) => [...bytes].map((b) => b.toString(16).padStart(2, '0')).join(' ');
    const state = new StateWriter('a', 1).u32(258).f64(1).finish();
    expect(hex(state.subarray(0, -4))).toBe('01 00 00 00 61 01 00 00 00 02 01 00 00 00 00 00 00 00 00 f0 3f');
    expect(new DataView(state.buffer).getUint32(state.length - 4, true)).toBe(crc32(state.subarray(0, -4)));
  });

  it('can be read from the middle of a larger buffer', () => {
    const state = new StateWriter('a', 1).f64Array(Float64Array.of(1, 2)).finish();
    const larger = new Uint8Array(state.length + 10);
    larger.set(state, 3);
    const reader = new StateReader(larger.subarray(3, 3 + state.length), 'a', 1);
    expect(reader.f64Array()).toEqual(Float64Array.of(1, 2));
  });

  it('has integers with a sign as they are in memory, and reads as many as are expected', () => {
    const values = Int32Array.of(0, -1, 0x7fff_ffff, -0x8000_0000);
    const state = new StateWriter('a', 1).u8(7).i32Array(values).finish();
    expect([...state.subarray(10, 22)]).toEqual([4, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255]);
    const read = (length?: number) => {
      const reader = new StateReader(state, 'a', 1);
      reader.u8();
      return reader.i32Array(length);
    };
    expect(read()).toEqual(values);
    expect(read(4)).toEqual(values);
    expect(() => read(3)).toThrow('an array of 4, expected 3');
  });

  it('grows past its first buffer', () => {
    const values = Float64Array.from({ length: 5000 }, (_, i) => i / 3);
    const reader = new StateReader(new StateWriter('a', 1).f64Array(values).u8(7).finish(), 'a', 1);
    expect(reader.f64Array()).toEqual(values);
    expect(reader.u8()).toBe(7);
  });

  it('keeps every bit of every float', () => {
    fc.assert(
      fc.property(fc.float64Array({ maxLength: 40 }), fc.string({ unit: 'grapheme' }), (values, text) => {
        const state = new StateWriter('p', 1).string(text).f64Array(values).finish();
        const reader = new StateReader(state, 'p', 1);
        expect(reader.string()).toBe(text);
        const back = reader.f64Array();
        expect(new Uint8Array(back.buffer)).toEqual(new Uint8Array(values.slice().buffer));
        reader.finish();
      }),
    );
  });
});

describe('names in a state', () => {
  const names = ['walk', 'sit', 'walk', '', 'stairs ✓', 'sit', 'stairs ✓', ''];
  const named = () => names.reduce((state, name) => state.name(name), new StateWriter('a', 1)).finish();

  it('come back, and are written once', () => {
    const reader = new StateReader(named(), 'a', 1);
    expect(names.map(() => reader.name())).toEqual(names);
    reader.finish();
    const header = new StateWriter('a', 1).finish().length;
    expect(named().length - header).toBe(8 * 4 + 'walk'.length + 'sit'.length + 'stairs'.length + 4);
  });

  it('can be read where an earlier version wrote strings', () => {
    const strings = names.reduce((state, name) => state.string(name), new StateWriter('a', 1)).finish();
    const reader = new StateReader(strings, 'a', 1);
    expect(names.map(() => reader.name())).toEqual(names);
  });

  it('are refused when one is told by a number that none has', () => {
    const state = new StateWriter('a', 1).string('walk').u32(0x8000_0001).finish();
    const reader = new StateReader(state, 'a', 1);
    expect(reader.name()).toBe('walk');
    expect(() => reader.name()).toThrow('name 1 of 1');
  });
});

describe('a state that is not what the reader expects', () => {
  it('is refused when any one of its bytes has changed', () => {
    const state = example();
    for (let i = 0; i < state.length; i++) {
      const damaged = state.slice();
      damaged[i] ^= 0x10;
      expect(() => new StateReader(damaged, 'example', 3)).toThrow(StateFormatError);
    }
  });

  it('is refused when cut short at any length', () => {
    const state = example();
    for (let length = 0; length < state.length; length++) {
      expect(() => new StateReader(state.subarray(0, length), 'example', 3)).toThrow(StateFormatError);
    }
  });

  it('is refused under another name or version', () => {
    expect(() => new StateReader(example(), 'other', 3)).toThrow('a state of example, expected other');
    expect(() => new StateReader(example(), 'example', 4)).toThrow('version 3 of example, expected 4');
  });

  it('is read in an older version where its reader knows that, and never in a newer or a too old one', () => {
    expect(new StateReader(example(), 'example', 4, 3).version).toBe(3);
    expect(() => new StateReader(example(), 'example', 5, 4)).toThrow('version 3 of example, expected 5');
    expect(() => new StateReader(example(), 'example', 2, 1)).toThrow('version 3 of example, expected 2');
  });

  it('is refused when more is read than was written, or less', () => {
    const state = new StateWriter('a', 1).u8(9).finish();
    expect(() => new StateReader(state, 'a', 1).f64()).toThrow(StateFormatError);
    expect(() => new StateReader(state, 'a', 1).bool()).toThrow('9 where a truth value was expected');
    expect(() => new StateReader(state, 'a', 1).finish()).toThrow('1 bytes left over');
    const array = new StateWriter('a', 1).f64Array(Float64Array.of(1)).finish();
    expect(() => new StateReader(array, 'a', 1).f64Array(2)).toThrow('an array of 1, expected 2');
  });

  it('is refused when a length in it points past the end', () => {
    const state = new StateWriter('a', 1).u32(4_000_000_000).u32(0).finish();
    expect(() => new StateReader(state, 'a', 1).bytes()).toThrow(StateFormatError);
    expect(() => new StateReader(state, 'a', 1).f64Array()).toThrow(StateFormatError);
  });

  it('is refused when a string is not UTF-8', () => {
    const state = new StateWriter('a', 1).bytes(Uint8Array.of(0xff, 0xfe)).finish();
    expect(() => new StateReader(state, 'a', 1).string()).toThrow(StateFormatError);
  });
});
