import { StateReader, StateWriter } from '../../index.js';

const FORMAT = 'hark.folder';
const FORMAT_VERSION = 1;

/** A file of a folder, by its path in it. */
export interface PackedFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** A folder of files as one value, so that it is written as one. */
export function packFolder(files: readonly PackedFile[]): Uint8Array {
  const state = new StateWriter(FORMAT, FORMAT_VERSION).u32(files.length);
  for (const { path, bytes } of files) state.string(path).bytes(bytes);
  return state.finish();
}

/** @throws StateFormatError when the bytes are not a packed folder. */
export function unpackFolder(bytes: Uint8Array): PackedFile[] {
  const state = new StateReader(bytes, FORMAT, FORMAT_VERSION);
  const files = Array.from({ length: state.u32() }, () => ({ path: state.string(), bytes: state.bytes() }));
  state.finish();
  return files;
}
