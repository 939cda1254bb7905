import { setTimeout as sleep } from 'node:timers/promises';
import type { ServiceClient } from '../service/service-client.js';
import { InterruptedError, WorkFailedError } from '../terminal/failures.js';

/** A runner's part of an app's status page. */
interface RunnerStatus {
  readonly lagRecords: number;
  readonly inputs: readonly { readonly topic: string; readonly position: number; readonly end: number }[];
}

/** Asked for less often while much is left to do: each question takes time from the work it asks about. */
const SHORTEST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 500;

/**
 * Resolves when every record that stands in the log now has become windows and predictions. What comes in
 * meanwhile is not waited for.
 *
 * @param onProgress share done, 0 to 1.
 */
export async function awaitPredictions(
  ingest: ServiceClient,
  learner: ServiceClient,
  signal: AbortSignal,
  onProgress: (share: number) => void,
): Promise<void> {
  await caughtUp(ingest, 'windower', 'samples', signal, (share) => onProgress(share / 2));
  await caughtUp(learner, 'learner', 'windows', signal, (share) => onProgress(0.5 + share / 2));
}

async function caughtUp(
  client: ServiceClient,
  runner: 'windower' | 'learner',
  topic: string,
  signal: AbortSignal,
  onProgress: (share: number) => void,
): Promise<void> {
  const started = performance.now();
  let target = -1;
  let from = 0;
  for (;;) {
    const status = (await client.json<Record<string, RunnerStatus | undefined>>('/v1/status'))[runner];
    const input = status?.inputs.find((each) => each.topic === topic);
    if (input === undefined)
      throw new WorkFailedError(`${client.url} does not tell how far its ${runner} is`);
    const { position, end } = input;
    if (target < 0) {
      target = end;
      from = Math.min(position, end);
    }
    if (position >= target) return onProgress(1);
    onProgress((position - from) / (target - from));
    const pauseMs = pauseBeforeNext(performance.now() - started, position - from, target - position);
    await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted)
      throw new InterruptedError('what has been sent is safe, predictions go on without this');
  }
}

/** Half of the time that the rest will take, as far as can be told. */
function pauseBeforeNext(elapsedMs: number, done: number, left: number): number {
  const rest = done > 0 ? (elapsedMs / done) * left : elapsedMs;
  return Math.min(LONGEST_PAUSE_MS, Math.max(SHORTEST_PAUSE_MS, rest / 2));
}
