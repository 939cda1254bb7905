/** Consecutive records of one partition: `from` included, `to` excluded. */
export type SequencedRange = readonly [partition: number, from: number, to: number];

/** A record of the topic that says in which order the partitions of another are read as one. JSON. */
export interface SequenceRecord {
  /** Place in the sequence of the first record of the first range; the others follow without gaps. */
  readonly first: number;
  readonly ranges: readonly SequencedRange[];
  /** Of each partition, what comes next after this record. */
  readonly next: readonly number[];
}

/** The topic that puts the partitions of another in order. */
export const sequenceTopic = (topic: string): string => `${topic}-sequence`;

/** The place behind the last record of the ranges. */
export function endOf({ first, ranges }: SequenceRecord): number {
  return ranges.reduce((end, [, from, to]) => end + to - from, first);
}

const text = { encoder: new TextEncoder(), decoder: new TextDecoder() };

export function encodeSequence(record: SequenceRecord): Uint8Array {
  return text.encoder.encode(JSON.stringify(record));
}

export function decodeSequence(bytes: Uint8Array): SequenceRecord {
  return JSON.parse(text.decoder.decode(bytes)) as SequenceRecord;
}
