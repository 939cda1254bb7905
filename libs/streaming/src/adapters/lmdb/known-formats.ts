import { HARK_TOPIC_OWNERS } from '../../log/topic-owners.js';
import type { LmdbLog } from './lmdb-log.js';

/**
 * To be called before anything is begun on a log that is there already: of its apps' parts, none may be of a later
 * format, also none that would be read later only.
 *
 * @throws LogFormatError
 */
export function requireKnownFormats(log: Pick<LmdbLog, 'runners'>): void {
  // Every part checks its format when it is read first.
  for (const app of Object.keys(HARK_TOPIC_OWNERS)) log.runners(app);
}
