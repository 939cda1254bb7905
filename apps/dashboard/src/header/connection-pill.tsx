import type { ConnectionState } from '@hark/client/browser';
import { useDashboard } from '../app/dashboard-context.js';

/** Whether the page is live, held, or trying to reach the service. */
export function ConnectionPill() {
  const { connection, pause, pulse } = useDashboard();
  pulse.slow.value;
  const { kind, text } = connectionWord(connection.value, pause.held.value, Date.now());
  return (
    <span class={`pill ${kind}`} data-state={kind}>
      <span class="pill-dot" aria-hidden="true" />
      {text}
    </span>
  );
}

/** @param nowMs wall clock. */
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
