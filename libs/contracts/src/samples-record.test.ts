import fc from 'fast-check';
import protobuf from 'protobufjs';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fromNanoseconds } from './event-time.js';
import { decodeNanoseconds, encodeNanoseconds } from './int64-column.js';
import { SampleBatchBuilder, SampleColumns, type SampleBatch } from './sample-batch.js';
import {
  RecordFormatError,
  decodeSampleBatch,
  decodeSamplesRecord,
  encodeSampleBatch,
  encodeSamplesRecord,
  encodedLength,
  recordOfEncodedBatch,
} from './samples-record.js';
import { decodeWindowRecord, encodeWindowRecord, windowId, type WindowRecord } from './window-record.js';

const schema = protobuf.parse(readFileSync(new URL('../hark.proto', import.meta.url), 'utf8')).root;

function twoStreams(): SampleBatch {
  const builder = new SampleBatchBuilder(1);
  const phone = builder.streamOf('a', 'nexus4_1', 'nexus4', 'accelerometer');
  const watch = builder.streamOf('ä', 'gear_1', 'gear', 'gyroscope');
  builder.push(phone, 1_424_686_733_090, 638_193, 1_424_686_735_000, -5.958191, 0.6880646, 8.135345, 0);
  builder.push(watch, 27_920_678, 471_000, 1_424_686_735_001, 1e-7, -0, 3, builder.labelOf('walk'));
  builder.push(phone, 9_223_372_036_854, 775_807, 0.5, 0, 0, 0, builder.labelOf('sit'));
  return builder.take();
}

describe('the int64 column', () => {
  it('is what BigInt64Array holds, for every int64 that is not negative', () => {
    fc.assert(
      fc.property(fc.array(fc.bigInt(0n, 9_223_372_036_854_775_807n)), (times) => {
        const split = times.map((ns) => fromNanoseconds(ns)!);
        const ms = Float64Array.from(split, (t) => t.ms);
        const subNs = Int32Array.from(split, (t) => t.subNs);
        const bytes = new Uint8Array(times.length * 8 + 1);
        // At any alignment.
        encodeNanoseconds(ms, subNs, times.length, new DataView(bytes.buffer, 1));
        const column = bytes.slice(1).buffer;
        expect([...new BigInt64Array(column)]).toEqual(times);
        const msBack = new Float64Array(times.length);
        const subNsBack = new Int32Array(times.length);
        decodeNanoseconds(new Uint32Array(column), msBack, subNsBack, times.length);
        expect([...msBack]).toEqual([...ms]);
        expect([...subNsBack]).toEqual([...subNs]);
      }),
    );
  });
});

describe('a samples record', () => {
  it('comes back with every bit', () => {
    const record = { batch: twoStreams(), receivedMs: 12.5, producer: 'p', sequence: 7 };
    expect(decodeSamplesRecord(encodeSamplesRecord(record))).toEqual(record);
  });

  it('carries ticks', () => {
    const record = {
      tick: [
        { user: 'a', device: 'd1' },
        { user: 'b', device: 'd2' },
      ],
      receivedMs: 3,
    };
    expect(decodeSamplesRecord(encodeSamplesRecord(record))).toEqual(record);
  });

  it('is the message of hark.proto, as another reader of protobuf sees it', () => {
    const message = schema
      .lookupType('hark.v1.SamplesRecord')
      .decode(encodeSamplesRecord({ batch: twoStreams(), receivedMs: 12.5, producer: 'p', sequence: 7 }))
      .toJSON();
    expect(message).toMatchObject({
      receivedMs: 12.5,
      producer: 'p',
      sequence: 7,
      batch: {
        rows: 3,
        streams: [
          { user: 'a', device: 'nexus4_1', model: 'nexus4', sensor: 'accelerometer' },
          { user: 'ä', device: 'gear_1', model: 'gear', sensor: 'gyroscope' },
        ],
        labels: ['walk', 'sit'],
      },
    });
    const times = Buffer.from((message['batch'] as { creationTimeNs: string }).creationTimeNs, 'base64');
    expect(times.readBigInt64LE(0)).toBe(1_424_686_733_090_638_193n);
    expect(times.readBigInt64LE(16)).toBe(9_223_372_036_854_775_807n);
  });

  it('skips fields that a later version added', () => {
    const bytes = encodeSamplesRecord({ tick: [], receivedMs: 3 });
    const later = new Uint8Array([...bytes, ((99 << 3) & 0x7f) | 0x80, (99 << 3) >> 7, 5]);
    expect(decodeSamplesRecord(later)).toEqual({ tick: [], receivedMs: 3 });
  });

  it('is refused when it is cut, or when an index points nowhere', () => {
    const bytes = encodeSamplesRecord({ batch: twoStreams(), receivedMs: 1 });
    expect(() => decodeSamplesRecord(bytes.subarray(0, 40))).toThrow(RecordFormatError);
    const batch = twoStreams();
    batch.stream[1] = 2;
    expect(() => decodeSamplesRecord(encodeSamplesRecord({ batch, receivedMs: 1 }))).toThrow(
      'row 2: there is no stream 2; streams has 2, the first is 0',
    );
    const labelled = twoStreams();
    labelled.label[2] = 3;
    expect(() => decodeSamplesRecord(encodeSamplesRecord({ batch: labelled, receivedMs: 1 }))).toThrow(
      'row 3: there is no label 3; labels has 2, the first is 1',
    );
  });

  it('never makes a decoder fail in any other way, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        try {
          decodeSamplesRecord(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(RecordFormatError);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('is cut into columns as long as its rows say', () => {
    const bytes = encodeSampleBatch(twoStreams());
    const wrong = Uint8Array.from(bytes);
    wrong[1] = 2;
    expect(() =>
      decodeSamplesRecord(
        new Uint8Array([(1 << 3) | 2, (0xff & wrong.length) | 0x80, wrong.length >> 7, ...wrong]),
      ),
    ).toThrow('expected');
  });

  it.each([
    ['is missing', [8, 1], 'the column creation_time_ns is missing'],
    [
      'is too short',
      [8, 1, (5 << 3) | 2, 8, 0, 0, 0, 0, 0, 0, 0, 0, (6 << 3) | 2, 1, 0],
      'the column arrival_time_ms has 1 bytes, expected 8: 8 for each of 1 rows',
    ],
    ['is a number', [8, 1, 7 << 3, 1], 'the column x is not a field of bytes'],
  ])('is refused with the name of a column that %s', (_, bytes, message) => {
    expect(() => decodeSampleBatch(Uint8Array.from(bytes))).toThrow(new RecordFormatError(message));
  });

  it('is refused in words of its own when the bytes end too soon', () => {
    for (const bytes of [[0x80], [(5 << 3) | 2, 9, 1]]) {
      expect(() => decodeSampleBatch(Uint8Array.from(bytes))).toThrow(
        new RecordFormatError('not a SampleBatch: the bytes end within a field'),
      );
    }
  });
});

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

describe('room that is used again', () => {
  it('takes what is encoded, and gives the same bytes as room of its own', () => {
    const batch = twoStreams();
    const own = encodeSampleBatch(batch);
    const room = new Uint8Array(own.length + 100).fill(0xee);
    const there = encodeSampleBatch(batch, room);
    expect(there.buffer).toBe(room.buffer);
    expect(there).toEqual(own);
    expect(encodeSampleBatch(batch, new Uint8Array(own.length - 1))).toEqual(own);
    expect(encodedLength(batch)).toBe(own.length);
  });

  it('takes what is decoded, and forgets what was there before', () => {
    const room = new SampleColumns(1);
    const first = decodeSampleBatch(encodeSampleBatch(twoStreams()), room);
    expect(first).toEqual(twoStreams());
    const builder = new SampleBatchBuilder(1);
    const only = builder.streamOf('b', 'd', 'm', 'gyroscope');
    builder.push(only, 5, 6, 7, 1, 2, 3, 0);
    builder.push(only, 8, 9, 10, 4, 5, 6, 0);
    const second = builder.take();
    const decoded = decodeSampleBatch(encodeSampleBatch(second), room);
    expect(decoded).toEqual(second);
    expect(decoded.x.buffer).toBe(first.x.buffer);
  });

  it('is not needed for a record of a batch that is encoded already', () => {
    const origin = { receivedMs: 12.5, producer: 'p', sequence: 7 };
    const record = recordOfEncodedBatch(encodeSampleBatch(twoStreams()), origin);
    expect(record).toEqual(encodeSamplesRecord({ batch: twoStreams(), ...origin }));
  });
});
