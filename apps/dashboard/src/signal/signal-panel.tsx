import { useDashboard } from '../app/dashboard-context.js';
import { Explained } from '../explain/explained.js';
import { percent, short } from '../format/numbers.js';
import { span } from '../format/times.js';
import { Empty } from '../panel/empty.js';
import { Plot } from '../plot/plot.js';
import { watermarkLagMs } from '../devices/device-board.js';

/** Shown at once. */
const SPAN_MS = 20_000;
const LINES = [{ name: '|acc|', colour: '--accent', width: 1.5 }];

/** |acceleration| of the chosen device as it comes in, and how its data does. */
export function SignalView() {
  const dashboard = useDashboard();
  dashboard.pulse.follow('fast');
  const { trace, board } = dashboard;
  const device = board.device(dashboard.chosen.value);
  if (device === undefined) return <Empty>Choose a device to see its signal.</Empty>;
  const toMs = Number.isNaN(trace.newestMs) ? dashboard.edgeMs : trace.newestMs;
  const { seconds, values } = trace.between(toMs - SPAN_MS, toMs);
  const lagMs = watermarkLagMs(device);
  return (
    <div class="signal-view">
      <dl class="facts">
        <dt>device</dt>
        <dd>
          {device.user} · {device.device} <span class="dim">{device.model}</span>
        </dd>
        <dt>says</dt>
        <dd>
          {dashboard.book.wordOf(device.said)}{' '}
          <Explained of="confidence" focusable>
            {percent(device.confidence, 1)}
          </Explained>
        </dd>
        <dt>rate</dt>
        <dd>
          <Explained of="rate" focusable>
            {short(device.accelerometerHz)} · {short(device.gyroscopeHz)} Hz
          </Explained>
        </dd>
        <dt>watermark</dt>
        <dd>
          <Explained of="watermark" focusable>
            {span(Number.isNaN(lagMs) ? null : lagMs)} behind
          </Explained>
        </dd>
        <dt>latency</dt>
        <dd>
          <Explained of="latency" focusable>
            {span(device.latencyMs)}
          </Explained>
        </dd>
        <dt>late · dup</dt>
        <dd>
          <Explained of="late" focusable>
            {device.late}
          </Explained>
          {' · '}
          <Explained of="duplicates" focusable>
            {device.duplicates}
          </Explained>
        </dd>
      </dl>
      {seconds.length === 0 ? (
        <Empty>
          {trace.isAbsent ? 'This service does not send the signal.' : 'Waiting for samples of this device.'}
        </Empty>
      ) : (
        <Plot
          label={`Length of the acceleration of ${device.device}, m/s², over the last 20 seconds`}
          lines={LINES}
          data={[seconds, values]}
          x={[-SPAN_MS / 1000, 0]}
          xEvery={5}
          y={[0, 25]}
          yText={(value) => `${value}`}
          xText={(at) => `${at} s`.replace('-', '\u2212')}
        />
      )}
    </div>
  );
}
