import { useDashboard } from '../app/dashboard-context.js';
import { percent } from '../format/numbers.js';
import { clock, span } from '../format/times.js';
import { RIBBON_MS, rowEdgeMs } from './ribbon-scale.js';
import { stretches } from './stretches.js';

/** The ribbon of the chosen device, or of all, as text: newest first. */
export function RibbonTable() {
  const dashboard = useDashboard();
  dashboard.pulse.follow('slow');
  const { board, book, edgeMs } = dashboard;
  const rows = board.devices.flatMap((device) => {
    const edge = rowEdgeMs(edgeMs, device.seenToMs);
    return stretches(device.ring, edge - RIBBON_MS, edge)
      .map((stretch) => ({ device, stretch }))
      .reverse();
  });
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Activities of the last five minutes">
      <table class="data">
        <thead>
          <tr>
            <th scope="col">User</th>
            <th scope="col">Device</th>
            <th scope="col">From</th>
            <th scope="col">For</th>
            <th scope="col">Activity</th>
            <th scope="col">Confidence</th>
            <th scope="col">Label</th>
            <th scope="col">
              <span class="visually-hidden">Correct</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ device, stretch }) => (
            <tr key={`${device.key} ${stretch.windowsFromMs}`}>
              <td>{device.user}</td>
              <td>{device.device}</td>
              <td class="number">{clock(stretch.fromMs)}</td>
              <td class="number">{span(stretch.toMs - stretch.fromMs)}</td>
              <td>{book.wordOf(stretch.said)}</td>
              <td class="number">{percent(stretch.confidence)}</td>
              <td>{stretch.label === 0 ? '' : book.wordOf(stretch.label)}</td>
              <td>
                <button
                  class="quiet"
                  onClick={() => dashboard.labelling.open(device.key, (stretch.fromMs + stretch.toMs) / 2)}
                >
                  it was…
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
