import protobuf from 'protobufjs/minimal.js';
import type { ModelEvent } from './model-version.js';
import { RecordFormatError } from './record-format.js';

const { Reader, Writer } = protobuf;

/** A record of `model-merge`: what the learner of a partition tells the merger, which makes the versions of all. */
export interface ModelMergeRecord {
  /** How often another version had been activated when it was learned: what was learned before a rollback is left out. */
  readonly activation: number;
  /** Parts handed in before, by the learner of the partition. */
  readonly number: number;
  /** Offset after the last record of the partition of `windows`. */
  readonly position: number;
  /** Event time of the last window's end in milliseconds; NaN before the first. */
  readonly eventMs: number;
  /** Arrival of the last window, milliseconds since 1970; 0 before the first. */
  readonly receivedMs: number;
  /** Windows that the part has learned. */
  readonly windowsLearned: number;
  /** A version is to be made because of a drift. */
  readonly drift: boolean;
  /** The version that answered when the last drift of the partition began; 0 = none. */
  readonly beforeDrift: number;
  /** The part: a model of what was learned since the one before, in the form of a version's state; empty: no part. */
  readonly state: Uint8Array;
  /** To be passed on to `models` as it is; null = nothing. */
  readonly event: ModelEvent | null;
}

/** Encodes as `hark.v1.ModelMergeRecord` of `hark.proto`. */
export function encodeModelMergeRecord(record: ModelMergeRecord): Uint8Array {
  const writer = Writer.create();
  writer.uint32((1 << 3) | 0).uint32(record.activation);
  writer.uint32((2 << 3) | 1).double(record.position);
  writer.uint32((3 << 3) | 1).double(record.eventMs);
  writer.uint32((4 << 3) | 1).double(record.receivedMs);
  writer.uint32((5 << 3) | 0).uint32(record.windowsLearned);
  writer.uint32((6 << 3) | 0).bool(record.drift);
  writer.uint32((7 << 3) | 0).uint32(record.beforeDrift);
  if (record.state.length > 0) writer.uint32((8 << 3) | 2).bytes(record.state);
  if (record.event !== null) writer.uint32((9 << 3) | 2).string(JSON.stringify(record.event));
  writer.uint32((10 << 3) | 0).uint32(record.number);
  return writer.finish();
}

/** @throws RecordFormatError when the bytes are not such a record. */
export function decodeModelMergeRecord(bytes: Uint8Array): ModelMergeRecord {
  const reader = Reader.create(bytes);
  const record = {
    activation: 0,
    number: 0,
    position: 0,
    eventMs: NaN,
    receivedMs: 0,
    windowsLearned: 0,
    drift: false,
    beforeDrift: 0,
    state: new Uint8Array(0),
    event: null as ModelEvent | null,
  };
  try {
    while (reader.pos < reader.len) {
      const tag = reader.uint32();
      switch (tag >>> 3) {
        case 1:
          record.activation = reader.uint32();
          break;
        case 2:
          record.position = reader.double();
          break;
        case 3:
          record.eventMs = reader.double();
          break;
        case 4:
          record.receivedMs = reader.double();
          break;
        case 5:
          record.windowsLearned = reader.uint32();
          break;
        case 6:
          record.drift = reader.bool();
          break;
        case 7:
          record.beforeDrift = reader.uint32();
          break;
        case 8:
          record.state = new Uint8Array(reader.bytes());
          break;
        case 9:
          record.event = JSON.parse(reader.string()) as ModelEvent;
          break;
        case 10:
          record.number = reader.uint32();
          break;
        default:
          reader.skipType(tag & 7);
      }
    }
  } catch (error) {
    throw new RecordFormatError(`not a ModelMergeRecord: ${(error as Error).message}`);
  }
  return record;
}
