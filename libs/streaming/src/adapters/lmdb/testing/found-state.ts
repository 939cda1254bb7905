import type { RunnerState, StoredDamage } from '../../../log/log.js';
import { LmdbLog } from '../lmdb-log.js';

/** The windower's state as an app finds it when it starts, and what it is told. */
export async function foundState(
  dir: string,
): Promise<{ state: RunnerState; told: readonly StoredDamage[] }> {
  const told: StoredDamage[] = [];
  const log = new LmdbLog({ dir, onDamage: (damage) => told.push(damage) });
  try {
    const state = await (await log.writer('ingest')).runnerState('windower');
    // Views of a log that is closed are not to be read.
    const snapshot = state.snapshot && { ...state.snapshot, state: state.snapshot.state.slice() };
    return { state: { ...state, snapshot }, told };
  } finally {
    await log.close();
  }
}
