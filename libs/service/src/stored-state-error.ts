import { CorruptLogError, CorruptStateError, StateVersionError } from '@hark/streaming';

/** Another version of this program has stored a state that this one does not read: says where, and what to do. */
export class StoredStateError extends Error {
  readonly code = 'stored_state';
  constructor(where: string, cause: StateVersionError) {
    const { format, found, known } = cause;
    const writer = found > known ? 'a newer' : 'an older';
    super(
      `${where} holds a state of ${format} in version ${found}; this program reads version ${known}: go on with ` +
        `${writer} version of Hark, which wrote it, or take another data folder (HARK_DATA)`,
      { cause },
    );
  }
}

/** A stored state is damaged, or a record that it would have to be made of: says where, and what to do. */
export class DamagedStateError extends Error {
  readonly code = 'damaged_state';
  constructor(where: string, cause: CorruptStateError | CorruptLogError) {
    super(
      `${where}: ${cause.message}; nothing of it is used: put a copy of the data folder back, or take another one ` +
        `(HARK_DATA)`,
      { cause },
    );
  }
}

/** What a start is refused with. @param where the state is. */
export function startError(error: unknown, where: string): unknown {
  if (error instanceof StateVersionError) return new StoredStateError(where, error);
  if (error instanceof CorruptStateError || error instanceof CorruptLogError)
    return new DamagedStateError(where, error);
  return error;
}
