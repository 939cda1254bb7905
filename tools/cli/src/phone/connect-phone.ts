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

/** Where the service of `--lan` is in the network, its token, and how a phone is connected. */
export async function describeLan(
  { address, token, terminal }: LanAccess,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<string[]> {
  const { port } = new URL(addressOf('gateway', environment));
  const ingest = new ServiceClient(addressOf('ingest', environment), terminal.signal, { token });
  return [`network http://${address}:${port}`, `token   ${token}`, '', ...(await connectPhone(ingest))];
}
