import { useDashboard } from '../app/dashboard-context.js';
import { Explained } from '../explain/explained.js';
import { short, whole } from '../format/numbers.js';
import { clock } from '../format/times.js';
import { Empty } from '../panel/empty.js';
import { Plot } from '../plot/plot.js';
import { PROGRESS_APPS } from './progress-track.js';

const LINES = [
  { name: 'ingest', colour: '--series-1', width: 2 },
  { name: 'learner', colour: '--series-2', width: 2, dash: [6, 3] },
  { name: 'gateway', colour: '--series-3', width: 2, dash: [2, 3] },
];

/** How fast each app takes its records, and how many wait. */
export function ThroughputView() {
  const dashboard = useDashboard();
  dashboard.pulse.follow('slow');
  const { progress } = dashboard;
  const { latest } = progress;
  if (latest === null)
    return (
      <Empty command={`curl -N '${dashboard.origin}/v1/events?channel=progress'`}>
        Once a second the apps say here how far they have come:
      </Empty>
    );
  const { seconds, lines } = progress.series('rates');
  const to = seconds.at(-1) ?? 0;
  return (
    <div class="throughput-view">
      <table class="data">
        <thead>
          <tr>
            <th scope="col">App</th>
            <th scope="col">Records/s</th>
            <th scope="col">Waiting</th>
          </tr>
        </thead>
        <tbody>
          {PROGRESS_APPS.map((app, index) => {
            const told = latest.apps.find((each) => each.app === app);
            return (
              <tr key={app}>
                <th scope="row">
                  <span class={`key key-${index + 1}`} aria-hidden="true" /> {app}
                </th>
                <td class="number">
                  <Explained of="records" focusable>
                    {short(told?.recordsPerSecond)}
                  </Explained>
                </td>
                <td class="number">
                  <Explained of="lag" focusable>
                    {whole(told?.lagRecords)}
                  </Explained>
                </td>
              </tr>
            );
          })}
          <tr>
            <th scope="row">to subscribers</th>
            <td class="number">
              <Explained of="messages" focusable>
                {short(latest.live.messagesPerSecond)}
              </Explained>
            </td>
            <td class="number dim">{latest.live.subscriptions} subscr.</td>
          </tr>
        </tbody>
      </table>
      <Plot
        label="Records a second of each app over the last five minutes"
        lines={LINES}
        data={[seconds, ...lines]}
        x={[to - 300, to]}
        xEvery={60}
        yText={(value) => short(value)}
        xText={(at) => clock(at * 1000).slice(0, 5)}
      />
    </div>
  );
}
