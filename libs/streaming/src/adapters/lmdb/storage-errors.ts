import { constants } from 'node:os';

/** The folder was written by a later version of this program. */
export class LogFormatError extends Error {
  readonly code = 'log_format';
  constructor(
    readonly path: string,
    readonly found: number,
    readonly known: number,
  ) {
    super(
      `${path} has log format ${found}; this version reads up to ${known}: go on with the newer version of Hark ` +
        `that wrote it, or take another data folder (HARK_DATA)`,
    );
  }
}

/** A file of the log is damaged where that can't be left out, nor made up for: says where, and what to do. */
export class DamagedFileError extends Error {
  readonly code = 'damaged_file';
  constructor(
    readonly path: string,
    readonly what: string,
  ) {
    super(
      `${path} is damaged: ${what}; nothing of it is used: put a copy of the data folder back, or take another one ` +
        `(HARK_DATA)`,
    );
  }
}

/**
 * The disk failed a write or a flush. Whether the commit will survive the machine is not known, and a flush that
 * failed once proves nothing when it succeeds later: the process must stop, and start again from what is on disk.
 */
export class LogDiskError extends Error {
  readonly code = 'log_disk';
  constructor(
    readonly path: string,
    cause: StorageCause,
  ) {
    super(`writing ${path} failed: ${cause.message}`, { cause });
  }
}

const MDB_MAP_FULL = -30792;
const FULL: readonly number[] = [
  constants.errno.ENOSPC,
  constants.errno.EDQUOT,
  constants.errno.EFBIG,
  MDB_MAP_FULL,
];

/** LMDB's own error: its number is in `code`, positive for one of the system. */
export interface StorageCause {
  readonly code?: number;
  readonly message?: string;
}

/** lmdb-js rejects a write with an error whose `commitError` is a promise that is rejected with LMDB's own. */
export async function causeOf(failure: unknown): Promise<StorageCause> {
  const { commitError } = failure as { commitError?: Promise<unknown> };
  if (commitError === undefined) return failure as StorageCause;
  try {
    await commitError;
    return failure as StorageCause;
  } catch (cause) {
    return cause as StorageCause;
  }
}

/** The disk, a quota, a limit on file sizes or the address space has no room. */
export function isFull(cause: StorageCause): boolean {
  return cause.code !== undefined && FULL.includes(cause.code);
}

export function isInputOutputError(cause: StorageCause): boolean {
  return cause.code === constants.errno.EIO;
}
