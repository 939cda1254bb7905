import { renderSVG } from 'uqr';
import { useDashboard } from '../app/dashboard-context.js';

/** How a device joins, and what became of the last requests. */
export function ConnectView() {
  const { origin } = useDashboard();
  const url = `${origin}/`;
  return (
    <div class="connect-view">
      <img
        class="qr"
        alt={`QR code of ${url}`}
        src={`data:image/svg+xml,${encodeURIComponent(renderSVG(url, { border: 2 }))}`}
      />
      <div>
        <p>Scan to open this page on a phone of the same network.</p>
      </div>
    </div>
  );
}
