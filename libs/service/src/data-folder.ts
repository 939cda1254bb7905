import { join } from 'node:path';
import { FileArtifactStore, LmdbLog } from '@hark/streaming/adapters';

/** What stands in `HARK_DATA` beside the run files: the log and the files that its records name. */
export interface DataFolder {
  readonly log: LmdbLog;
  readonly artifacts: FileArtifactStore;
}

export function openDataFolder(path: string): DataFolder {
  return {
    log: new LmdbLog({ dir: join(path, 'log') }),
    artifacts: new FileArtifactStore(join(path, 'artifacts')),
  };
}
