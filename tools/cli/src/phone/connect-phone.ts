import { renderUnicodeCompact } from 'uqr';
import { addressOf } from '../service/addresses.js';
import { ServiceClient } from '../service/service-client.js';
import type { LanAccess } from './lan-access.js';

/** As `GET /v1/clients` of ingest has it. */
interface ClientList {
  readonly clients: readonly {
    readonly app: string;
    readonly url: string;
    readonly qr: string;
    readonly steps: readonly string[];
  }[];
  readonly warnings: readonly string[];
}

/** How a phone is connected, for the terminal: a QR code for phyphox, the address for Sensor Logger, what may go wrong. */
export async function connectPhone(ingest: ServiceClient): Promise<string[]> {
  const { clients, warnings } = await ingest.json<ClientList>('/v1/clients');
  const lines: string[] = [];
  for (const { app, qr, steps } of clients) {
    lines.push(`Phone with ${app}`);
    if (app === 'phyphox')
      lines.push(renderUnicodeCompact(qr), qr, '(the code in it is good for ten minutes)');
    lines.push(...steps.map((step, i) => `${i + 1}. ${step}`), '');
  }
  return [...lines, ...warnings.map((warning) => `! ${warning}`)];
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Where others in the network find the page of the service of `--lan`. */
export function networkUrl({ address }: LanAccess, environment: Environment): string {
  return `http://${address}:${new URL(addressOf('gateway', environment)).port}`;
}

/** How a phone is connected to the service of `--lan`. */
export function connectLanPhone({ token, terminal }: LanAccess, environment: Environment): Promise<string[]> {
  return connectPhone(new ServiceClient(addressOf('ingest', environment), terminal.signal, { token }));
}
