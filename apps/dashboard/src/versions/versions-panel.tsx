import type { VersionView } from '@hark/contracts';
import { useDashboard } from '../app/dashboard-context.js';
import { Explained } from '../explain/explained.js';
import { percent, whole } from '../format/numbers.js';
import { clock } from '../format/times.js';
import { Empty } from '../panel/empty.js';
import { Panel } from '../panel/panel.js';

const CAUSES: Readonly<Record<VersionView['cause'], string>> = {
  start: 'start',
  count: 'learned',
  time: 'hourly',
  drift: 'at drift',
  request: 'asked for',
  challenger: 'challenger',
};

/** The versions, newest first, each with the way back to it. */
export function VersionsPanel() {
  const dashboard = useDashboard();
  const { versions, origin } = dashboard;
  const list = versions.list.value;
  return (
    <Panel
      name="versions"
      title="Versions"
      curl={`curl ${origin}/v1/models\ncurl -X POST -H 'content-type: application/json' -d '{"dryRun":true}' ${origin}/v1/models/previous/rollback`}
      beside={<span class="dim">{list === null ? '' : `${list.length} kept`}</span>}
      actions={
        <button
          class="quiet"
          onClick={() => void dashboard.attempt('A version', () => dashboard.client.models.snapshot())}
        >
          keep this one
        </button>
      }
    >
      {list === null || list.length === 0 ? (
        <Empty command="npx hark models list">
          Versions will be listed here as they are made. From a terminal:
        </Empty>
      ) : (
        <div class="scroll" tabIndex={0} role="region" aria-label="Versions of the model">
          <table class="data versions">
            <thead>
              <tr>
                <th scope="col">Version</th>
                <th scope="col">Learned</th>
                <th scope="col">Then</th>
                <th scope="col">Since</th>
                <th scope="col">
                  <span class="visually-hidden">Roll back</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {list.slice(0, 60).map((version) => (
                <VersionRow key={version.version} version={version} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Panel>
  );
}

function VersionRow({ version: each }: { readonly version: VersionView }) {
  const { versions } = useDashboard();
  const { version, alias, cause, windowsLearned, metrics, metricsSince, time } = each;
  return (
    <tr class={alias === 'current' ? 'current' : ''}>
      <th scope="row">
        v{version}
        {alias === null ? null : <span class={`tag ${alias}`}>{alias}</span>}
        <small>
          {CAUSES[cause]}
          {time === null ? '' : ` · ${clock(Date.parse(time))}`}
        </small>
      </th>
      <td class="number">
        <Explained of="windowsLearned">{whole(windowsLearned)}</Explained>
      </td>
      <td class="number">
        <Explained of="metricsThen">{percent(metrics.windows === 0 ? null : metrics.accuracy)}</Explained>
      </td>
      <td class="number">
        <Explained of="metricsSince">
          {percent(metricsSince.windows === 0 ? null : metricsSince.accuracy)}
        </Explained>
      </td>
      <td class="number">
        {alias === 'current' ? null : (
          <button
            class="small"
            aria-label={`Roll back to version ${version}`}
            onClick={() => void versions.show(version)}
          >
            roll back
          </button>
        )}
      </td>
    </tr>
  );
}
