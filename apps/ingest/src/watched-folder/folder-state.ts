import { decodeJsonState, encodeJsonState } from '@hark/streaming';

/** What is remembered of a watched folder, so that each file is read once. */
export interface FolderState {
  /** Names of the files that were read whole. */
  readonly read: readonly string[];
  /** The file being read, and the number of its first batch; null between two files. */
  readonly current: { readonly name: string; readonly firstSequence: number } | null;
}

const VERSION = 1;

export function encodeFolderState(state: FolderState): Uint8Array {
  return encodeJsonState(VERSION, state);
}

/** @throws StateFormatError when the bytes are not a state of this version. */
export function decodeFolderState(bytes: Uint8Array): FolderState {
  const { read, current } = decodeJsonState(bytes, 'a watched folder', VERSION) as FolderState;
  return { read, current };
}
