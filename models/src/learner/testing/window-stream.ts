import {
  TOPICS,
  encodeWindowRecord,
  type Command,
  type LabelRecord,
  type WindowRecord,
} from '@hark/contracts';
import type { LogRecord, Outputs } from '@hark/streaming';
import { Xoshiro128 } from '../../random/xoshiro128.js';

export const SCHEMA = '0123456789abcdef';
export const FEATURES = ['first', 'second', 'third'];

const CENTRES: Readonly<Record<string, readonly number[]>> = {
  sit: [0, 0, 3],
  walk: [3, 0, 0],
  bike: [0, 3, 0],
};

/** An input record with the topic it belongs to. */
export interface Input {
  readonly topic: string;
  readonly record: LogRecord;
}

/** A window of one activity: by default final, labelled, of the second numbered `i`. */
export function window(i: number, activity: string, change: Partial<WindowRecord> = {}): WindowRecord {
  const random = new Xoshiro128(i);
  return {
    user: 'ann',
    device: 'phone',
    model: 'nexus4',
    startMs: 1_424_696_632_320 + 1280 * i,
    sizeMs: 2560,
    revision: 1,
    final: true,
    accelerometer: 256,
    gyroscope: 255,
    late: 0,
    duplicates: 1,
    label: activity,
    features: Float64Array.from(CENTRES[activity], (centre) => centre + random.nextUniform()),
    featureSchema: SCHEMA,
    receivedMs: 1_500_000_000_000 + i,
    ...change,
  };
}

/** Puts records into topics, numbering each topic from 0. */
export class InputLog {
  readonly inputs: Input[] = [];
  private readonly ends = new Map<string, number>();

  window(record: WindowRecord): this {
    return this.append(TOPICS.windows, encodeWindowRecord(record));
  }

  command(command: Command): this {
    return this.append(TOPICS.commands, new TextEncoder().encode(JSON.stringify(command)));
  }

  label(record: LabelRecord): this {
    return this.append(TOPICS.labels, new TextEncoder().encode(JSON.stringify(record)));
  }

  append(topic: string, value: Uint8Array): this {
    const offset = this.ends.get(topic) ?? 0;
    this.ends.set(topic, offset + 1);
    this.inputs.push({ topic, record: { key: '', value, offset, timestamp: 0 } });
    return this;
  }
}

/** Keeps what a learner says; the artifacts can be read back at once. */
export class RecordedOutputs implements Outputs {
  suppressed = false;
  readonly emitted: { readonly topic: string; readonly key: string; readonly json: string }[] = [];
  readonly artifacts = new Map<string, Uint8Array>();
  readonly discarded: string[] = [];

  emit(topic: string, key: string, value: Uint8Array): void {
    if (!this.suppressed) this.emitted.push({ topic, key, json: new TextDecoder().decode(value) });
  }

  artifact(name: string, bytes: Uint8Array): void {
    if (!this.suppressed) this.artifacts.set(name, bytes);
  }

  discard(name: string): void {
    this.discarded.push(name);
  }

  read(name: string): Uint8Array | null {
    return this.artifacts.get(name) ?? null;
  }

  of<T>(topic: string): T[] {
    return this.emitted.filter((record) => record.topic === topic).map(({ json }) => JSON.parse(json) as T);
  }
}
