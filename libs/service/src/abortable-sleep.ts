import { setTimeout } from 'node:timers/promises';

/** Resolves after so long, or when the signal is aborted; does not keep the process alive. */
export function abortableSleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return setTimeout(milliseconds, undefined, { signal, ref: false }).catch(() => undefined);
}
