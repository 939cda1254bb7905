import { useDashboard } from '../app/dashboard-context.js';
import { Explained } from '../explain/explained.js';
import { whole } from '../format/numbers.js';
import { clock } from '../format/times.js';

/** The live view's own controls: hold it, step through what was, say what it was. */
export function TransportBar(props: { readonly onHelp: () => void; readonly onRollBack: () => void }) {
  const dashboard = useDashboard();
  const { pause, labelling, board, pulse } = dashboard;
  pulse.follow('slow');
  const isHeld = pause.held.value;
  const { edgeMs } = dashboard;
  const cursorMs = labelling.cursorMs.value;
  const device = board.device(dashboard.chosen.value);
  return (
    <footer class="bar" aria-label="Live view">
      <button class="primary hold" aria-pressed={isHeld} onClick={() => togglePause(dashboard)}>
        {isHeld ? '▶ Go on' : '❚❚ Pause'} <kbd>space</kbd>
      </button>
      <span class="bar-time number">
        {Number.isNaN(edgeMs) ? '' : clock(cursorMs ?? edgeMs)}
        {isHeld && (
          <Explained of="waiting" focusable class="waiting">
            +{whole(pause.waiting.value)} new
          </Explained>
        )}
      </span>
      <span class="bar-group">
        <button
          aria-label="Stretch before"
          onClick={() => labelling.step(-1)}
          disabled={device === undefined}
        >
          ←
        </button>
        <button aria-label="Stretch after" onClick={() => labelling.step(1)} disabled={device === undefined}>
          →
        </button>
        <span class="dim bar-device">{device === undefined ? '' : `${device.user} · ${device.device}`}</span>
      </span>
      <span class="bar-group end">
        <button onClick={() => labelling.openAtCursor()} disabled={device === undefined}>
          It was… <kbd>L</kbd>
        </button>
        <button onClick={props.onRollBack}>
          Roll back <kbd>R</kbd>
        </button>
        <button class="quiet" aria-label="Keys" onClick={props.onHelp}>
          ?
        </button>
      </span>
    </footer>
  );
}

/** Holds the view where it is, or lets it catch up. */
export function togglePause(dashboard: {
  readonly pause: ReturnType<typeof useDashboard>['pause'];
  readonly edgeMs: number;
  readonly announcer: { say(text: string): void };
  readonly pulse: { now(): void };
}): void {
  const { pause, announcer, pulse } = dashboard;
  if (pause.held.value) {
    pause.release();
    announcer.say('The view goes on.');
  } else {
    pause.hold(dashboard.edgeMs);
    announcer.say('The view is paused; what comes is kept and counted.');
  }
  pulse.now();
}
