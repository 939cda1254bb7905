import fc from 'fast-check';
import protobuf from 'protobufjs';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { RecordFormatError } from './record-format.js';
import { encodeSampleBatch } from './sample-batch-encoding.js';
import { decodeSamplesRecord, encodeSamplesRecord, recordOfEncodedBatch } from './samples-record.js';
import { twoStreams } from './testing/two-streams.js';

const schema = protobuf.parse(readFileSync(new URL('../hark.proto', import.meta.url), 'utf8')).root;

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

  it('is not needed for a record of a batch that is encoded already', () => {
    const origin = { receivedMs: 12.5, producer: 'p', sequence: 7 };
    const record = recordOfEncodedBatch(encodeSampleBatch(twoStreams()), origin);
    expect(record).toEqual(encodeSamplesRecord({ batch: twoStreams(), ...origin }));
  });
});
