import type { HarkAlert } from '@hark/client/browser';
import { useDashboard } from '../app/dashboard-context.js';
import { percent } from '../format/numbers.js';
import { clock } from '../format/times.js';
import { Empty } from '../panel/empty.js';
import { Panel } from '../panel/panel.js';
import { alertLine } from './alert-line.js';

/** What was announced, newest first, and what can be done about it. */
export function AlertsPanel() {
  const { alerts, origin } = useDashboard();
  const list = alerts.list.value;
  const open = list.filter(({ id }) => !alerts.acknowledged.value.has(id)).length;
  return (
    <Panel
      name="alerts"
      title="Alerts"
      curl={`curl ${origin}/v1/alerts\ncurl -N '${origin}/v1/events?channel=alerts'`}
      beside={open === 0 ? null : <span class="count">{open} new</span>}
    >
      {list.length === 0 ? (
        <Empty command="npx hark simulate --minutes 3 --faults drift">
          All quiet. Drift, silent devices and apps that fall behind are announced here. To see drift:
        </Empty>
      ) : (
        <ol class="alerts scroll" tabIndex={0} aria-label="Alerts, newest first">
          {list.slice(0, 50).map((alert) => (
            <AlertItem key={alert.id} alert={alert} />
          ))}
        </ol>
      )}
    </Panel>
  );
}

function AlertItem({ alert }: { readonly alert: HarkAlert }) {
  const { alerts, versions } = useDashboard();
  const { weight, title, detail, rollBackTo, promote } = alertLine(alert);
  const isDone = alerts.acknowledged.value.has(alert.id);
  const comparison = alerts.comparison.value;
  return (
    <li class={`alert ${weight} ${isDone ? 'done' : ''}`}>
      <p>
        <strong>{title}</strong> <time dateTime={alert.time}>{clock(Date.parse(alert.time))}</time>
        <span class="detail">{detail}</span>
      </p>
      {comparison?.alert !== alert.id ? null : (
        <p class="comparison">
          On what this device recorded:{' '}
          {comparison.result.results
            .map(({ model, accuracy }) => `v${model} ${percent(accuracy, 1)}`)
            .join(', ')}
          ; {comparison.result.different} windows answered differently.
        </p>
      )}
      {isDone ? null : (
        <div class="alert-actions">
          {rollBackTo === null ? null : (
            <button class="small strong" onClick={() => void versions.show(rollBackTo)}>
              Roll back to v{rollBackTo}
            </button>
          )}
          {promote === null ? null : (
            <button class="small strong" onClick={() => void versions.show(promote)}>
              Try v{promote}
            </button>
          )}
          {alert.type === 'hark.drift' && alert.data.scope.devices.length > 0 ? (
            <button class="small" onClick={() => void alerts.compare(alert)}>
              Compare
            </button>
          ) : null}
          <button class="small" onClick={() => alerts.acknowledge(alert.id)}>
            Acknowledge
          </button>
        </div>
      )}
    </li>
  );
}
