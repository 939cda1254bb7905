import { useSignal } from '@preact/signals';
import { useDashboard } from '../app/dashboard-context.js';
import { ActivityKey } from '../activities/activity-key.js';
import { Empty } from '../panel/empty.js';
import { Panel } from '../panel/panel.js';
import { Ribbon } from '../ribbon/ribbon.js';
import { RibbonTable } from '../ribbon/ribbon-table.js';
import { DeviceLine } from './device-line.js';

/** The devices, each with what it does now and what it did in the last five minutes. */
export function DevicesPanel() {
  const dashboard = useDashboard();
  const asTable = useSignal(false);
  dashboard.pulse.follow('calm');
  const { devices } = dashboard.board;
  return (
    <Panel
      name="devices"
      title="Devices"
      curl={`curl -N '${dashboard.origin}/v1/events?channel=predictions&mode=update'`}
      beside={devices.length === 0 ? null : <ActivityKey />}
      actions={
        <button class="quiet" aria-pressed={asTable.value} onClick={() => (asTable.value = !asTable.value)}>
          table
        </button>
      }
    >
      {devices.length === 0 ? (
        <Empty command="npx hark simulate --minutes 3">
          Waiting for data to arrive. Try, in a second terminal:
        </Empty>
      ) : asTable.value ? (
        <RibbonTable />
      ) : (
        <div class="device-grid">
          <ul class="device-list" aria-label="Devices">
            {devices.map((device) => (
              <DeviceLine key={device.key} device={device} />
            ))}
          </ul>
          <Ribbon />
        </div>
      )}
    </Panel>
  );
}
