import type { Command } from 'commander';
import { addressOf } from '../service/addresses.js';
import { ServiceClient } from '../service/service-client.js';
import { tokenOf } from '../service/token.js';
import type { Terminal } from '../terminal/terminal.js';
import { httpUrl } from './option-values.js';

export interface GatewayOptions {
  url?: string;
  json?: true;
}

/** Adds the options of every command that asks the gateway and prints a table. */
export function gatewayOptions(command: Command): Command {
  return command
    .option(
      '--url <url>',
      'the gateway (default: as found in HARK_DATA, else http://127.0.0.1:3000)',
      httpUrl,
    )
    .option('--json', 'print the answer as JSON');
}

export function gatewayClient({ url }: GatewayOptions, terminal: Terminal): ServiceClient {
  const { environment, signal } = terminal;
  return new ServiceClient(url ?? addressOf('gateway', environment), signal, { token: tokenOf(environment) });
}
