import type { RootDatabase } from 'lmdb';
import { openValue } from './checked-value.js';

/** A value stands under its key, and once more, as it is, under another: damage to one place takes nothing away. */
export interface TwoPlaces {
  /** The one that it is sealed for. */
  readonly key: Buffer;
  readonly copyKey: Buffer;
}

/** What stands in a place; null: nothing. */
export type Place = { readonly payload: Buffer; readonly value: Buffer } | 'damaged' | null;

/** A value as it was found. */
export interface StoredTwice extends TwoPlaces {
  readonly first: Place;
  readonly copy: Place;
}

export function readTwice(store: RootDatabase<Buffer, Buffer>, { key, copyKey }: TwoPlaces): StoredTwice {
  const at = (place: Buffer): Place => {
    const value = store.get(place);
    if (value === undefined) return null;
    const payload = openValue(key, value);
    if (payload === null) return 'damaged';
    return { payload, value };
  };
  return { key, copyKey, first: at(key), copy: at(copyKey) };
}

/** What can be read of it: of both places, the first; null where neither can. */
export function wholePayload({ first, copy }: StoredTwice): Buffer | null {
  return (wholeOf(first) ?? wholeOf(copy))?.payload ?? null;
}

/** What has to be written so that what can be read stands in both places; nothing where it does. */
export function madeWhole(stored: StoredTwice): readonly (readonly [key: Buffer, value: Buffer])[] {
  const whole = wholeOf(stored.first) ?? wholeOf(stored.copy);
  if (whole === null) return [];
  const isSame = (place: Place) => wholeOf(place)?.value.equals(whole.value) === true;
  const changes: (readonly [Buffer, Buffer])[] = [];
  // Not a view of the page that it stands in.
  if (!isSame(stored.first)) changes.push([stored.key, Buffer.from(whole.value)]);
  if (!isSame(stored.copy)) changes.push([stored.copyKey, Buffer.from(whole.value)]);
  return changes;
}

function wholeOf(place: Place): Exclude<Place, 'damaged'> {
  return place === 'damaged' ? null : place;
}
