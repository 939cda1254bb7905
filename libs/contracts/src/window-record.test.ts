import fc from 'fast-check';
import protobuf from 'protobufjs';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decodeWindowRecord, encodeWindowRecord, windowId, type WindowRecord } from './window-record.js';

const schema = protobuf.parse(readFileSync(new URL('../hark.proto', import.meta.url), 'utf8')).root;

describe('the id of a window', () => {
  it('is user, device and start', () => {
    expect(windowId({ user: 'a', device: 'gear_1', startMs: 27_920_640 })).toBe('a/gear_1/27920640000000');
  });

  it('differs for devices that differ only in where a slash or a percent sign stands', () => {
    const part = fc.string({ unit: fc.constantFrom('a', '/', '%', '2', 'F'), minLength: 1, maxLength: 4 });
    const id = (user: string, device: string) => windowId({ user, device, startMs: 0 });
    expect(id('a/b', 'c')).toBe('a%2Fb/c/0');
    expect(id('a', 'b/c')).toBe('a/b%2Fc/0');
    expect(id('a%2Fb', 'c')).toBe('a%252Fb/c/0');
    fc.assert(
      fc.property(fc.tuple(part, part, part, part), ([u, d, v, e]) => {
        expect(id(u, d) === id(v, e)).toBe(u === v && d === e);
      }),
    );
  });
});

describe('a window record', () => {
  const window: WindowRecord = {
    user: 'a',
    device: 'gear_1',
    model: 'gear',
    startMs: 27_920_640,
    sizeMs: 2560,
    revision: 1,
    final: true,
    accelerometer: 256,
    gyroscope: 255,
    late: 1,
    duplicates: 2,
    label: 'walk',
    features: Float64Array.of(1, -0.5, 1e-300),
    featureSchema: 'abc',
    receivedMs: 9,
  };

  it('comes back with every bit, labelled or not', () => {
    expect(decodeWindowRecord(encodeWindowRecord(window))).toEqual(window);
    expect(decodeWindowRecord(encodeWindowRecord({ ...window, label: null }))).toEqual({
      ...window,
      label: null,
    });
  });

  it('is the message of hark.proto, as another reader of protobuf sees it', () => {
    expect(
      schema.lookupType('hark.v1.WindowRecord').decode(encodeWindowRecord(window)).toJSON(),
    ).toMatchObject({
      user: 'a',
      startMs: 27_920_640,
      final: true,
      gyroscope: 255,
      label: 'walk',
      featureSchema: 'abc',
    });
  });
});
