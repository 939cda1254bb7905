import { watch, type FSWatcher } from 'node:fs';

/**
 * Calls `changed` when one of the files is written to, or a folder's entries change. Those that are not there are left
 * out.
 *
 * @returns what ends it; null where the system watches none of them.
 */
export function watchFiles(paths: readonly string[], changed: () => void): (() => void) | null {
  const watchers = paths.flatMap((path): FSWatcher[] => {
    try {
      const watcher = watch(path, { persistent: false }, changed);
      // As when a folder is removed: whoever waits looks now and then all the same.
      watcher.on('error', () => watcher.close());
      return [watcher];
    } catch {
      return [];
    }
  });
  if (watchers.length === 0) return null;
  return () => {
    for (const watcher of watchers) watcher.close();
  };
}
