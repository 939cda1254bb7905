import type { StoredDamage } from '@hark/streaming';
import { FileArtifactStore, LmdbLog, requireKnownFormats } from '@hark/streaming/adapters';
import { mkdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** What stands in `HARK_DATA` beside the run files: the log and the files that its records name. */
export interface DataFolder {
  readonly log: LmdbLog;
  readonly artifacts: FileArtifactStore;
}

/** `HARK_DATA` is no folder, and none can be made there. */
export class DataFolderError extends Error {
  readonly code = 'data_folder';
  constructor(
    readonly path: string,
    cause: NodeJS.ErrnoException,
  ) {
    const reason = cause.code ?? cause.message;
    super(
      `HARK_DATA=${JSON.stringify(path)}: no folder can be made there (${reason}); name one that this user may write to`,
      { cause },
    );
  }
}

/**
 * Opens a data folder, made when absent.
 * @param onDamage see `LmdbLogOptions`.
 * @throws DataFolderError, LogFormatError
 */
export function openDataFolder(path: string, onDamage?: (damage: StoredDamage) => void): DataFolder {
  try {
    makeFolder(resolve(path, 'log'));
  } catch (error) {
    throw new DataFolderError(path, error as NodeJS.ErrnoException);
  }
  const log = new LmdbLog({ dir: join(path, 'log'), onDamage });
  requireKnownFormats(log);
  return {
    log,
    artifacts: new FileArtifactStore(join(path, 'artifacts')),
  };
}

/** Not `mkdirSync`'s `recursive`: that one tries for ever where a folder takes no entries, as in `/proc`. */
function makeFolder(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return;
  if (dirname(path) !== path) makeFolder(dirname(path));
  try {
    mkdirSync(path);
  } catch (error) {
    // Another app may have made it meanwhile; a file in its place is said by what is made within.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
