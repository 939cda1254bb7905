import fc from 'fast-check';
import protobuf from 'protobufjs';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  decodeModelMergeRecord,
  encodeModelMergeRecord,
  type ModelMergeRecord,
} from './model-merge-record.js';
import { RecordFormatError } from './record-format.js';

const schema = protobuf.parse(readFileSync(new URL('../hark.proto', import.meta.url), 'utf8')).root;

const EVENT = { kind: 'unlabelled', label: 1, undo: 2, windows: 3 } as const;
const record: fc.Arbitrary<ModelMergeRecord> = fc.record({
  activation: fc.nat(),
  number: fc.nat(),
  position: fc.maxSafeNat(),
  eventMs: fc.oneof(fc.constant(NaN), fc.maxSafeNat()),
  receivedMs: fc.maxSafeNat(),
  windowsLearned: fc.nat(),
  drift: fc.boolean(),
  beforeDrift: fc.nat(),
  state: fc.uint8Array(),
  event: fc.constantFrom(null, EVENT),
});

describe('a record of model-merge', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(record, (written) => {
        expect(decodeModelMergeRecord(encodeModelMergeRecord(written))).toEqual(written);
      }),
    );
  });

  it('is the message of hark.proto', () => {
    const type = schema.lookupType('hark.v1.ModelMergeRecord');
    const bytes = encodeModelMergeRecord({
      ...{ activation: 1, number: 9, position: 2, eventMs: 3.5, receivedMs: 4, windowsLearned: 5 },
      ...{ drift: true, beforeDrift: 6, state: Uint8Array.of(7, 8), event: EVENT },
    });
    expect(type.toObject(type.decode(bytes), { bytes: Array })).toEqual({
      ...{ activation: 1, number: 9, position: 2, eventMs: 3.5, receivedMs: 4, windowsLearned: 5 },
      ...{ drift: true, beforeDrift: 6, state: [7, 8], event: JSON.stringify(EVENT) },
    });
  });

  it('is refused when it breaks off', () => {
    const bytes = encodeModelMergeRecord({
      ...{ activation: 1, number: 9, position: 2, eventMs: 3, receivedMs: 4, windowsLearned: 5 },
      ...{ drift: false, beforeDrift: 0, state: new Uint8Array(9), event: null },
    });
    expect(() => decodeModelMergeRecord(bytes.subarray(0, bytes.length - 1))).toThrow(RecordFormatError);
  });
});
