import type { RootDatabase } from 'lmdb';
import { openValue } from './checked-value.js';
import { NUMBER_BYTES, decodeNumber, snapshotCopyKey, snapshotKey } from './keys.js';

/** The state of a runner and the number of steps that it holds. */
export interface StoredSnapshot {
  readonly step: number;
  readonly state: Uint8Array;
  /** As it is stored. */
  readonly value: Buffer;
}

/** What is stored of a runner's state: twice, so that damage to one place takes nothing away. */
export interface StoredSnapshots {
  readonly snapshot: StoredSnapshot | 'damaged' | null;
  /** Null also in a folder of a build that wrote none. */
  readonly copy: StoredSnapshot | 'damaged' | null;
}

export function readSnapshots(store: RootDatabase<Buffer, Buffer>, runner: string): StoredSnapshots {
  const key = snapshotKey(runner);
  const at = (place: Buffer): StoredSnapshot | 'damaged' | null => {
    const value = store.get(place);
    if (value === undefined) return null;
    const payload = openValue(key, value);
    if (payload === null) return 'damaged';
    return { step: decodeNumber(payload), state: payload.subarray(NUMBER_BYTES), value };
  };
  const snapshot = at(key);
  return { snapshot, copy: snapshot === null ? null : at(snapshotCopyKey(runner)) };
}

/** What can be read of a state: of both places, the first. */
export function wholeSnapshot({ snapshot, copy }: StoredSnapshots): StoredSnapshot | null {
  if (snapshot !== null && snapshot !== 'damaged') return snapshot;
  return copy === 'damaged' ? null : copy;
}

/** What has to be written so that what can be read stands in both places; nothing where it does. */
export function madeWhole(
  runner: string,
  stored: StoredSnapshots,
): readonly (readonly [key: Buffer, value: Buffer])[] {
  const whole = wholeSnapshot(stored);
  if (whole === null) return [];
  const changes: (readonly [Buffer, Buffer])[] = [];
  for (const [place, key] of [
    [stored.snapshot, snapshotKey(runner)],
    [stored.copy, snapshotCopyKey(runner)],
  ] as const) {
    const isSame = place !== null && place !== 'damaged' && place.value.equals(whole.value);
    // Not a view of the page that it stands in.
    if (!isSame) changes.push([key, Buffer.from(whole.value)]);
  }
  return changes;
}
