import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { DeviceConnection } from '@hark/client/browser';
import { renderSVG } from 'uqr';
import { useDashboard } from '../app/dashboard-context.js';
import { whole } from '../format/numbers.js';
import { clock } from '../format/times.js';
import { Empty } from '../panel/empty.js';

const NAMES: Readonly<Record<string, string>> = { phyphox: 'phyphox', 'sensor-logger': 'Sensor Logger' };

/** How a phone joins, with a code to scan, and what became of the last things that devices sent. */
export function ConnectView() {
  const { connect, origin } = useDashboard();
  useEffect(() => connect.watch(), [connect]);
  const chosen = useSignal(0);
  const apps = connect.apps.value;
  if (apps === null || apps.clients.length === 0) {
    return (
      <Empty command={`curl ${origin}/v1/clients`}>
        Asking the ingest app how phones join. The same from a terminal:
      </Empty>
    );
  }
  const app = apps.clients[Math.min(chosen.value, apps.clients.length - 1)];
  const name = NAMES[app.app] ?? app.app;
  return (
    <div class="connect-view">
      <figure class="connect-code">
        <img
          class="qr"
          alt={`QR code for ${name}: ${app.qr}`}
          src={`data:image/svg+xml,${encodeURIComponent(renderSVG(app.qr, { border: 2 }))}`}
        />
        <figcaption>
          {apps.clients.map((each, index) => (
            <button
              key={each.app}
              class="quiet"
              aria-pressed={each.app === app.app}
              onClick={() => (chosen.value = index)}
            >
              {NAMES[each.app] ?? each.app}
            </button>
          ))}
        </figcaption>
      </figure>
      <div class="connect-text scroll" tabIndex={0} role="region" aria-label="How a phone joins">
        <ol class="steps">
          {app.steps.map((step) => (
            <li key={step}>{step}</li>
          ))}
        </ol>
        <ul class="dim warnings">
          {apps.warnings.map((warning) => (
            <li key={warning}>{warning}</li>
          ))}
        </ul>
      </div>
      <Doctor connections={connect.connections.value} />
    </div>
  );
}

/** The last attempts, each with what became of it and what to do. */
function Doctor({ connections }: { readonly connections: readonly DeviceConnection[] }) {
  if (connections.length === 0) {
    return (
      <Empty command="npx hark doctor">
        Nothing has been sent yet. What arrives is told here, and why it was refused; or:
      </Empty>
    );
  }
  return (
    <ol class="connections scroll" tabIndex={0} aria-label="Last attempts of devices, newest first">
      {connections
        .slice(0, 10)
        .map(({ way, address, verdict, code, user, device, accepted, at, times, remedy }) => (
          <li key={`${way} ${address} ${verdict} ${code} ${device}`} class={`attempt ${verdict}`}>
            <strong>{verdict}</strong>{' '}
            {[user, device].filter((each) => each !== null).join(' · ') || (address ?? '')}
            <time dateTime={at}>{clock(Date.parse(at))}</time>
            <span class="dim detail">
              {way}, {whole(accepted)} rows{times > 1 ? `, ${whole(times)} times` : ''}
              {code === null ? '' : `, ${code}`}
            </span>
            {remedy === null ? null : <span class="remedy">{remedy}</span>}
          </li>
        ))}
    </ol>
  );
}
