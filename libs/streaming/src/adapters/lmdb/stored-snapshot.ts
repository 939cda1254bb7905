import type { RootDatabase } from 'lmdb';
import {
  NUMBER_BYTES,
  decodeNumber,
  encodeNumber,
  pieceKey,
  piecesEnd,
  referenceCopyKey,
  referenceKey,
  snapshotCopyKey,
  snapshotKey,
} from './keys.js';
import { readTwice, wholePayload, type StoredTwice, type TwoPlaces } from './stored-twice.js';

type Store = RootDatabase<Buffer, Buffer>;

/** What was found of a runner's state. */
export interface StoredSnapshot {
  /** The state and the number of steps that it holds; null where a part of it is damaged in both its places. */
  readonly whole: { readonly step: number; readonly state: Uint8Array } | null;
  readonly isFirstDamaged: boolean;
  readonly isCopyDamaged: boolean;
}

/** Where a state stands that is one value: the number of its steps, then the state. */
export function snapshotPlaces(runner: string): TwoPlaces {
  return { key: snapshotKey(runner), copyKey: snapshotCopyKey(runner) };
}

/** Where it stands which pieces are the state, see {@link encodeReference}; there is one of both, never this and that. */
export function referencePlaces(runner: string): TwoPlaces {
  return { key: referenceKey(runner), copyKey: referenceCopyKey(runner) };
}

export function piecePlaces(runner: string, generation: number, piece: number): TwoPlaces {
  return {
    key: pieceKey(runner, generation, 0, piece),
    copyKey: pieceKey(runner, generation, 1, piece),
  };
}

/** @param pieces how many there are, from 0 on. */
export function encodeReference(step: number, generation: number, pieces: number): Buffer {
  return Buffer.concat([step, generation, pieces].map(encodeNumber));
}

/** @returns null where no state is stored. */
export function readSnapshot(store: Store, runner: string): StoredSnapshot | null {
  const payloads: Buffer[] = [];
  let parts = 0;
  let isFirstDamaged = false;
  let isCopyDamaged = false;
  for (const part of snapshotParts(store, runner)) {
    const payload = wholePayload(part);
    if (payload !== null) payloads.push(payload);
    isFirstDamaged ||= part.first === 'damaged' || part.first === null;
    isCopyDamaged ||= part.copy === 'damaged';
    parts++;
  }
  if (parts === 0) return null;
  if (payloads.length < parts) return { whole: null, isFirstDamaged, isCopyDamaged };
  const [head, ...pieces] = payloads;
  const state = pieces.length === 0 ? head.subarray(NUMBER_BYTES) : Buffer.concat(pieces);
  return { whole: { step: decodeNumber(head), state }, isFirstDamaged, isCopyDamaged };
}

/**
 * The values that a state is made of, each read when it is asked for: itself, or the reference to its pieces and these.
 * None where no state is stored. A state of one value has no copy in a folder of an early build.
 */
export function* snapshotParts(store: Store, runner: string): Generator<StoredTwice> {
  const inOne = readTwice(store, snapshotPlaces(runner));
  if (inOne.first !== null) return yield inOne;
  const reference = readTwice(store, referencePlaces(runner));
  if (reference.first === null) return;
  const payload = wholePayload(reference);
  const [generation, pieces] = payload === null ? [0, 0] : generationOf(payload);
  yield reference;
  for (let piece = 0; piece < pieces; piece++) yield readTwice(store, piecePlaces(runner, generation, piece));
}

/** The generation of the pieces that are the state; 0 where it is not in pieces. */
export function storedGeneration(store: Store, runner: string): number {
  const payload = wholePayload(readTwice(store, referencePlaces(runner)));
  return payload === null ? 0 : generationOf(payload)[0];
}

/** Keys of pieces that are no part of the state: of one that was replaced, or that never took effect. */
export function strayPieceKeys(store: Store, runner: string, limit: number): Buffer[] {
  const generation = storedGeneration(store, runner);
  const before = store.getKeys({
    start: pieceKey(runner, 0, 0, 0),
    end: pieceKey(runner, generation, 0, 0),
    limit,
  });
  const keys = [...before];
  const behind = { start: pieceKey(runner, generation + 1, 0, 0), end: piecesEnd(runner) };
  if (keys.length < limit) keys.push(...store.getKeys({ ...behind, limit: limit - keys.length }));
  return keys;
}

function generationOf(reference: Buffer): [generation: number, pieces: number] {
  return [decodeNumber(reference.subarray(NUMBER_BYTES)), decodeNumber(reference.subarray(2 * NUMBER_BYTES))];
}
