import { useDashboard } from '../app/dashboard-context.js';
import { nextTheme, theme } from '../design/theme.js';
import { watermarkLagMs } from '../devices/device-board.js';
import { Explained } from '../explain/explained.js';
import { percent, short } from '../format/numbers.js';
import { span } from '../format/times.js';
import { ConnectionPill } from './connection-pill.js';

const RECENT_MS = 30_000;

/** How everything stands, in one line. */
export function PageHeader() {
  const dashboard = useDashboard();
  dashboard.pulse.follow('slow');
  const { versions, board, accuracy, progress, edgeMs } = dashboard;
  const learning = versions.learning.value;
  const version = versions.current.value ?? dashboard.marks.current;
  const lags = board.devices.map(watermarkLagMs).filter((lag) => !Number.isNaN(lag));
  const recent = accuracy.recent(edgeMs, RECENT_MS);
  return (
    <header class="page-head">
      <h1>
        <svg viewBox="0 0 28 16" aria-hidden="true">
          <path d="M1 8h4l2-5 3 10 3-12 3 14 3-9 2 4 1-2h5" />
        </svg>
        Hark
      </h1>
      <ConnectionPill />
      <dl class="headline">
        <div>
          <dt>model</dt>
          <dd>
            <Explained of="version" focusable>
              {version === null ? '–' : `v${version}`}
            </Explained>
          </dd>
        </div>
        <div>
          <dt>accuracy</dt>
          <dd>
            <Explained of="accuracy" focusable>
              {percent(recent.accuracy)}
            </Explained>
          </dd>
        </div>
        <div>
          <dt>watermark</dt>
          <dd>
            <Explained of="watermark" focusable>
              {span(lags.length === 0 ? null : Math.max(...lags))}
            </Explained>
          </dd>
        </div>
        <div>
          <dt>predictions</dt>
          <dd>
            <Explained of="predictionsRate" focusable>
              {short(progress.latest?.topics['predictions']?.perSecond)}/s
            </Explained>
          </dd>
        </div>
      </dl>
      <div class="page-tools">
        {learning === null ? null : (
          <label class="switch" data-explain="learning">
            <input
              type="checkbox"
              role="switch"
              checked={learning}
              onChange={(event) => void versions.setLearning(event.currentTarget.checked)}
            />
            learning
          </label>
        )}
        <button class="quiet" onClick={nextTheme} aria-label={`Theme: ${theme.value}`}>
          {{ auto: '◐ auto', light: '○ light', dark: '● dark' }[theme.value]}
        </button>
        <a class="quiet" href="/docs">
          API
        </a>
      </div>
    </header>
  );
}
