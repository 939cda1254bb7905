import { formatTokenEntry, newToken, tokenHash, type Role, type TokenEntry } from '@hark/service/access';
import { networkInterfaces } from 'node:os';
import { UsageError } from '../terminal/failures.js';
import type { Terminal } from '../terminal/terminal.js';

/** What `--lan` makes: an environment for the apps, and who may use them. */
export interface LanAccess {
  /** The terminal as before, in whose environment the service listens beyond loopback. */
  readonly terminal: Terminal;
  /** Under which others reach this machine. */
  readonly address: string;
  /** May do everything. */
  readonly token: string;
}

/** Networks of homes and offices, where phones are. */
const PRIVATE = /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)/;

/**
 * Opens the service to the local network, with two tokens made for this run: one for whoever started it, and one for
 * phones, which may send samples and nothing else. Tokens that are there already stay good. The embedded MQTT broker is
 * on, for apps that can set no header.
 *
 * @throws UsageError when this machine is in no network.
 */
export function lanAccess(terminal: Terminal, address = lanAddress()): LanAccess {
  if (address === null) throw new UsageError('--lan: this machine is in no network that a phone could be in');
  const { environment } = terminal;
  const own = make('started with --lan', ['operate']);
  const phones = make('phones of --lan', ['ingest']);
  const tokens = [environment['HARK_TOKENS'], formatTokenEntry(own.entry), formatTokenEntry(phones.entry)];
  return {
    address,
    token: own.text,
    terminal: {
      ...terminal,
      environment: {
        ...environment,
        HARK_HOST: '0.0.0.0',
        HARK_TOKENS: tokens.filter(Boolean).join(';'),
        HARK_TOKEN: own.text,
        HARK_PHONE_TOKEN: phones.text,
        HARK_MQTT_BROKER_PORT: environment['HARK_MQTT_BROKER_PORT'] || '0',
      },
    },
  };
}

/** The IPv4 address of this machine that a phone is likely to reach; null when there is none. */
export function lanAddress(): string | null {
  const addresses = Object.values(networkInterfaces())
    .flatMap((each) => each ?? [])
    .filter(({ internal, family }) => !internal && family === 'IPv4')
    .map(({ address }) => address);
  return addresses.find((each) => PRIVATE.test(each)) ?? addresses.at(0) ?? null;
}

function make(name: string, roles: readonly Role[]): { readonly text: string; readonly entry: TokenEntry } {
  const { id, text } = newToken();
  const hash = tokenHash(text).toString('hex');
  const entry = { id, name, hash, roles: [...roles], users: ['*'], created: null, expires: null };
  return { text, entry };
}
