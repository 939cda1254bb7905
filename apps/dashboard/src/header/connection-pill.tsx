import { useDashboard } from '../app/dashboard-context.js';
import { connectionWord } from './connection-word.js';

/** Whether the page is live, held, or trying to reach the service. */
export function ConnectionPill() {
  const { connection, pause, pulse } = useDashboard();
  pulse.follow('slow');
  const { kind, text } = connectionWord(connection.value, pause.held.value, Date.now());
  return (
    <span class={`pill ${kind}`} data-state={kind}>
      <span class="pill-dot" aria-hidden="true" />
      {text}
    </span>
  );
}
