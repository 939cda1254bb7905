import type { ServiceClient } from '../service/service-client.js';
import { renderTable } from '../terminal/table.js';

/** As `GET /v1/connections` of ingest has it, as far as it is shown. */
export interface DeviceAttempt {
  readonly at: string;
  readonly way: string;
  readonly address: string | null;
  readonly user: string | null;
  readonly device: string | null;
  readonly verdict: string;
  readonly code: string | null;
  readonly times: number;
  readonly aheadMs: number | null;
  readonly remedy: string | null;
}

const SHOWN = 10;

/** The last attempts of devices to send something, newest first. */
export async function lastAttempts(ingest: ServiceClient): Promise<readonly DeviceAttempt[]> {
  return (await ingest.json<{ connections: readonly DeviceAttempt[] }>('/v1/connections')).connections;
}

/** A table of the last ten, and below it what to do about them, each remedy once. */
export function renderAttempts(attempts: readonly DeviceAttempt[]): string {
  if (attempts.length === 0) return 'No device has sent anything since ingest was started.';
  const shown = attempts.slice(0, SHOWN);
  const table = renderTable(
    ['last at', 'what', 'from', 'device', 'verdict', 'times'],
    shown.map(({ at, way, address, user, device, verdict, code, times }) => [
      at.slice(11, 19),
      way,
      address ?? '',
      user === null ? '' : device === null || device === user ? user : `${user} ${device}`,
      code === null ? verdict : `${verdict}: ${code}`,
      String(times),
    ]),
  );
  const remedies = [...new Set(shown.flatMap(({ remedy }) => (remedy === null ? [] : [remedy])))];
  return [table, ...remedies.map((remedy) => `→ ${remedy}`)].join('\n');
}
