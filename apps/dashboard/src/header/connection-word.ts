import type { ConnectionState } from '@hark/client/browser';

/** The connection in a word or two. @param nowMs wall clock. */
export function connectionWord(
  state: ConnectionState,
  isHeld: boolean,
  nowMs: number,
): { readonly kind: 'live' | 'paused' | 'away' | 'failed'; readonly text: string } {
  switch (state.state) {
    case 'live':
      return isHeld ? { kind: 'paused', text: 'paused' } : { kind: 'live', text: 'live' };
    case 'waiting': {
      const seconds = Math.max(0, Math.ceil((state.retryAtMs - nowMs) / 1000));
      return { kind: 'away', text: seconds > 0 ? `lost, again in ${seconds} s` : 'lost, trying again' };
    }
    case 'failed':
      return { kind: 'failed', text: 'no access' };
    default:
      return { kind: 'away', text: 'connecting' };
  }
}
