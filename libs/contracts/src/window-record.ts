import protobuf from 'protobufjs/minimal.js';
import type { DeviceId } from './identity.js';
import { formatNanoseconds } from './event-time.js';
import { RecordFormatError } from './record-format.js';

const { Reader, Writer } = protobuf;

/** A window of one device, both sensors joined: what the windower tells the learner. */
export interface WindowRecord extends DeviceId {
  readonly model: string;
  /** Event time of the start in milliseconds, a multiple of the hop. The end is `startMs + sizeMs`, excluded. */
  readonly startMs: number;
  readonly sizeMs: number;
  /** 0 for the first emission; grows each time the content has changed since the last. */
  readonly revision: number;
  /** True once the watermark has passed the end: nothing of this window changes any more. */
  readonly final: boolean;
  /** Samples held, by sensor. */
  readonly accelerometer: number;
  readonly gyroscope: number;
  /** Samples of this window that came behind the watermark, or twice. Neither is held. */
  readonly late: number;
  readonly duplicates: number;
  /** The most frequent `gt` of the samples, the one seen first in event time among equals; null = unlabelled. */
  readonly label: string | null;
  /** Feature vector; empty when there are too few samples to say anything (`no_data`). */
  readonly features: Float64Array;
  /** Hash of the feature names and parameters, see `@hark/features`. */
  readonly featureSchema: string;
  /** When the record that caused this emission came in, milliseconds since 1970. */
  readonly receivedMs: number;
}

/**
 * A window's id, the same for every revision of it and of no other window: `user/device/startNs`, with `%` and `/`
 * within the user and the device percent-encoded.
 */
export function windowId(window: DeviceId & { readonly startMs: number }): string {
  return `${part(window.user)}/${part(window.device)}/${formatNanoseconds(window.startMs, 0)}`;
}

function part(id: string): string {
  return id.replaceAll('%', '%25').replaceAll('/', '%2F');
}

/** Encodes as `hark.v1.WindowRecord` of `hark.proto`. */
export function encodeWindowRecord(window: WindowRecord): Uint8Array {
  const writer = Writer.create();
  writer.uint32((1 << 3) | 2).string(window.user);
  writer.uint32((2 << 3) | 2).string(window.device);
  writer.uint32((3 << 3) | 2).string(window.model);
  writer.uint32((4 << 3) | 1).double(window.startMs);
  writer.uint32((5 << 3) | 0).uint32(window.sizeMs);
  writer.uint32((6 << 3) | 0).uint32(window.revision);
  writer.uint32((7 << 3) | 0).bool(window.final);
  writer.uint32((8 << 3) | 0).uint32(window.accelerometer);
  writer.uint32((9 << 3) | 0).uint32(window.gyroscope);
  writer.uint32((10 << 3) | 0).uint32(window.late);
  writer.uint32((11 << 3) | 0).uint32(window.duplicates);
  if (window.label !== null) writer.uint32((12 << 3) | 2).string(window.label);
  const { features } = window;
  writer
    .uint32((13 << 3) | 2)
    .bytes(new Uint8Array(features.buffer, features.byteOffset, features.byteLength));
  writer.uint32((14 << 3) | 2).string(window.featureSchema);
  writer.uint32((15 << 3) | 1).double(window.receivedMs);
  return writer.finish();
}

/** @throws RecordFormatError when the bytes are not a window record. */
export function decodeWindowRecord(bytes: Uint8Array): WindowRecord {
  const reader = Reader.create(bytes);
  const window = {
    user: '',
    device: '',
    model: '',
    startMs: 0,
    sizeMs: 0,
    revision: 0,
    final: false,
    accelerometer: 0,
    gyroscope: 0,
    late: 0,
    duplicates: 0,
    label: null as string | null,
    features: new Float64Array(0),
    featureSchema: '',
    receivedMs: 0,
  };
  try {
    while (reader.pos < reader.len) {
      const tag = reader.uint32();
      switch (tag >>> 3) {
        case 1:
          window.user = reader.string();
          break;
        case 2:
          window.device = reader.string();
          break;
        case 3:
          window.model = reader.string();
          break;
        case 4:
          window.startMs = reader.double();
          break;
        case 5:
          window.sizeMs = reader.uint32();
          break;
        case 6:
          window.revision = reader.uint32();
          break;
        case 7:
          window.final = reader.bool();
          break;
        case 8:
          window.accelerometer = reader.uint32();
          break;
        case 9:
          window.gyroscope = reader.uint32();
          break;
        case 10:
          window.late = reader.uint32();
          break;
        case 11:
          window.duplicates = reader.uint32();
          break;
        case 12:
          window.label = reader.string();
          break;
        case 13:
          window.features = new Float64Array(new Uint8Array(reader.bytes()).buffer);
          break;
        case 14:
          window.featureSchema = reader.string();
          break;
        case 15:
          window.receivedMs = reader.double();
          break;
        default:
          reader.skipType(tag & 7);
      }
    }
  } catch (error) {
    throw new RecordFormatError(`not a WindowRecord: ${(error as Error).message}`);
  }
  return window;
}
