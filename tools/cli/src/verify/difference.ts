import { TOPICS, decodeWindowRecord } from '@hark/contracts';
import { createHash } from 'node:crypto';

/** Something stored that is not what the log says it should be. */
export interface Difference {
  /** The topic of a record, or `artifacts`. */
  readonly topic: string;
  /** Of a record. */
  readonly offset: number | null;
  /** Of a file. */
  readonly artifact: string | null;
  /** What is stored; null: nothing. */
  readonly stored: string | null;
  /** What comes out when it is executed again; null: nothing. */
  readonly computed: string | null;
}

type Value = { readonly key: string; readonly value: Uint8Array } | null;

/** The first difference was found: there is no use in going on. */
export class DifferenceFound extends Error {
  readonly code = 'difference';
  constructor(readonly difference: Difference) {
    super('a stored value is another than what comes out');
  }
}

/** @throws DifferenceFound when the records are not the same, to the bit. */
export function requireSameRecord(topic: string, offset: number, stored: Value, computed: Value): void {
  if (stored !== null && computed !== null) {
    if (stored.key === computed.key && Buffer.compare(stored.value, computed.value) === 0) return;
  } else if (stored === computed) return;
  throw new DifferenceFound({
    ...{ topic, offset, artifact: null },
    ...{ stored: textOf(topic, stored), computed: textOf(topic, computed) },
  });
}

/** @throws DifferenceFound when the file holds other bytes. */
export function requireSameArtifact(artifact: string, stored: Uint8Array | null, computed: Uint8Array): void {
  if (stored !== null && Buffer.compare(stored, computed) === 0) return;
  throw new DifferenceFound({
    ...{ topic: 'artifacts', offset: null, artifact },
    ...{ stored: stored === null ? null : digestOf(stored), computed: digestOf(computed) },
  });
}

/** One line, with the stretch where the two begin to differ. */
export function describeDifference({ topic, offset, artifact, stored, computed }: Difference): string {
  const where = artifact ?? `${topic}/${offset}`;
  if (stored === null) return `${where} is not stored; it should be ${excerpt(computed, 0)}`;
  if (computed === null) return `${where} is stored and comes of nothing: ${excerpt(stored, 0)}`;
  let same = 0;
  while (same < stored.length && stored[same] === computed[same]) same++;
  return `${where} is stored as ${excerpt(stored, same)}, and comes out as ${excerpt(computed, same)}`;
}

/** A stretch of a value about a position, in which whatever is left out at either end is marked. */
function excerpt(text: string | null, at: number): string {
  if (text === null) return 'nothing';
  const from = Math.max(0, at - 40);
  const to = Math.min(text.length, at + 60);
  return `${from > 0 ? '…' : ''}${text.slice(from, to)}${to < text.length ? '…' : ''}`;
}

function textOf(topic: string, record: Value): string | null {
  if (record === null) return null;
  if (topic !== TOPICS.windows) return Buffer.from(record.value).toString('utf8');
  try {
    const { features, ...window } = decodeWindowRecord(record.value);
    return JSON.stringify({ ...window, features: [...features] });
  } catch {
    return digestOf(record.value);
  }
}

function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')} (${bytes.length} bytes)`;
}
