import { StateFormatError, StateVersionError } from '../runner/processor.js';

/** A state as JSON, for one that is small and seldom stored: an object, and the version of its format. */
export function encodeJsonState(version: number, state: object): Uint8Array {
  return new TextEncoder().encode(JSON.stringify({ version, ...state }));
}

/**
 * The object that {@link encodeJsonState} was given; what its fields hold is for the caller to check.
 *
 * @throws StateFormatError, StateVersionError
 */
export function decodeJsonState(bytes: Uint8Array, format: string, version: number): object {
  let stored: unknown;
  try {
    stored = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw new StateFormatError(`not a state of ${format}: it is not JSON`);
  }
  const { version: found, ...state } = (stored ?? {}) as { readonly version?: unknown };
  if (typeof found !== 'number') throw new StateFormatError(`not a state of ${format}: it has no version`);
  if (found !== version) throw new StateVersionError(format, found, version);
  return state;
}
