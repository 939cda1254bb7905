import { partitionKey, type InputRange } from '../../log/log.js';

/** Where the state of a runner stands in Kafka. */
export interface StateReference {
  /** Steps taken before it. */
  readonly step: number;
  /** Kafka's offsets of its pieces, one behind the other, in the state topic. */
  readonly pieces: readonly number[];
  readonly bytes: number;
  readonly crc: number;
  /** Kafka's offset in the journal from which on the steps after it stand. */
  readonly journalFrom: number;
}

/** Where a runner stands. */
export interface RunnerStanding {
  readonly steps: number;
  /** Next offset to read, by partition. */
  readonly positions: Readonly<Record<string, number>>;
  readonly state: StateReference | null;
}

/**
 * One message of a journal: what one transaction of a writer did besides its records. The last one says where every
 * runner stands, so nobody has to read them all.
 */
export interface JournalMessage {
  /** Which opening of the writer wrote it. */
  readonly owner: string;
  /** Where this writer's app is reached; absent = it did not say. */
  readonly address?: string;
  readonly steps: readonly {
    readonly runner: string;
    readonly step: number;
    readonly inputs: readonly InputRange[];
  }[];
  /** After it. */
  readonly standings: Readonly<Record<string, RunnerStanding>>;
}

export const NO_STANDING: RunnerStanding = { steps: 0, positions: {}, state: null };

export function encodeJournal(message: JournalMessage): Buffer {
  return Buffer.from(JSON.stringify(message));
}

export function decodeJournal(bytes: Buffer): JournalMessage {
  return JSON.parse(bytes.toString('utf8')) as JournalMessage;
}

/** The standing after one more step. */
export function advanced(before: RunnerStanding, inputs: readonly InputRange[]): RunnerStanding {
  const positions = { ...before.positions };
  for (const { topic, partition, to } of inputs) positions[partitionKey(topic, partition)] = to;
  return { ...before, steps: before.steps + 1, positions };
}
