import { Refusal, type AccessControl } from '@hark/service';
import { phyphoxExperiment } from './phyphox/experiment.js';
import type { Pairings } from './phyphox/pairings.js';

/** An app for phones, and how it is connected. */
export interface Client {
  readonly app: 'phyphox' | 'sensor-logger';
  /** Where it gets its experiment, or pushes to. */
  readonly url: string;
  /** What a QR code for it holds. */
  readonly qr: string;
  /** What to do on the phone. */
  readonly steps: readonly string[];
}

export interface ClientList {
  readonly clients: readonly Client[];
  /** What keeps phones from getting through, as sentences. */
  readonly warnings: readonly string[];
}

export interface ClientsOptions {
  readonly access: AccessControl;
  readonly pairings: Pairings;
  /** Activities by number, from 1 on. */
  readonly activities: readonly string[];
  /** Addresses of this machine that a phone may reach; empty where the service listens on loopback alone. */
  readonly lanAddresses: () => readonly string[];
  /** Given to phones in place of the token of an operator, who asks for the QR code; null = none. */
  readonly phoneToken: string | null;
  /** Of the embedded MQTT broker; null while there is none. */
  readonly brokerPort: () => number | null;
}

const LOOPBACK = /^(localhost|127(\.\d+){3}|0\.0\.0\.0|\[::1?\])(:\d+)?$/i;

/** How phones connect: addresses, QR codes, experiments. */
export class Clients {
  constructor(private readonly options: ClientsOptions) {}

  /** @param host under which the service was asked. @param token of the caller. */
  list(host: string, token: string | undefined, user?: string): ClientList {
    const reachable = this.reachable(host);
    const given = this.tokenForPhones(token);
    const clients: Client[] = [];
    const warnings: string[] = [];
    if (LOOPBACK.test(reachable)) {
      warnings.push(
        `${reachable} is this machine alone: a phone that is told "localhost" asks itself. Start with --lan, or set ` +
          'HARK_HOST and a token.',
      );
    }
    warnings.push(
      'Phone and computer must be in one network. Guest networks, and "client isolation" of the access point, keep ' +
        'them apart; a firewall on this machine may, too.',
      'The address begins with http://, not https://, unless a proxy in front ends TLS. An iPhone asks once whether the ' +
        'app may reach devices in the local network.',
    );
    if (this.options.access.required && given === null) {
      warnings.push(
        'A token that may operate is not handed to phones: ask with one that has the role ingest alone, or set ' +
          'HARK_PHONE_TOKEN.',
      );
    } else {
      const code = given === null ? '' : `/${this.options.pairings.open(given)}`;
      const path = `${reachable}/v1/clients/phyphox${code}${queryOf(user)}`;
      clients.push({
        app: 'phyphox',
        url: `http://${path}`,
        qr: `phyphox://${path}`,
        steps: ['Install phyphox.', 'Scan the code with + in phyphox, or with the camera.', 'Press play.'],
      });
    }
    const url = `http://${reachable}/v1/sensor-logger${queryOf(user)}`;
    clients.push({
      app: 'sensor-logger',
      url,
      qr: url,
      steps: [
        'Turn on Accelerometer, Gravity and Gyroscope in Sensor Logger.',
        'Turn on "Standardise Units & Frames" in Settings > Sensor Configuration.',
        `Turn on HTTP Push in Settings, with ${url}.`,
        ...this.credentials(reachable, given),
        'Press "Tap to Test Pushing", then start a recording.',
      ],
    });
    return { clients, warnings };
  }

  /** @param token to put into it; null = none. */
  experiment(host: string, token: string | null, user?: string): string {
    const { access, activities } = this.options;
    const used = access.required ? token : null;
    const path = used === null ? '/v1/phyphox' : '/v1/phyphox/with-token';
    return phyphoxExperiment({
      address: `http://${host}${path}${queryOf(user)}`,
      token: used,
      activities,
    });
  }

  /** Null when the code is not known, or not any more. */
  pairedExperiment(host: string, code: string, user?: string): string | null {
    const token = this.options.pairings.tokenOf(code);
    return token === null ? null : this.experiment(host, token, user);
  }

  /** Under which name a phone reaches the host that was asked for. */
  private reachable(host: string): string {
    if (!LOOPBACK.test(host)) return host;
    const [address] = this.options.lanAddresses();
    if (address === undefined) return host;
    return `${address.includes(':') ? `[${address}]` : address}:${/:(\d+)$/.exec(host)?.[1] ?? '80'}`;
  }

  /** How a token is given to Sensor Logger, of which not every version has a field for a header. */
  private credentials(reachable: string, token: string | null): string[] {
    if (token === null) return [];
    const header = `Give it the authorization header "Bearer ${token}".`;
    const port = this.options.brokerPort();
    if (port === null) return [header];
    const broker = reachable.replace(/:\d+$/, '');
    return [
      header,
      `Where the app has no field for it, turn on MQTT instead: broker ${broker}, port ${port}, TCP without TLS, any ` +
        `user name, password ${token}.`,
    ];
  }

  private tokenForPhones(token: string | undefined): string | null {
    const { access, phoneToken } = this.options;
    if (!access.required) return null;
    const asked = access.admitAs('POST', '/v1/phyphox', token);
    const isMore = asked instanceof Refusal || asked.roles.includes('operate');
    return isMore ? phoneToken : (token ?? null);
  }
}

function queryOf(user: string | undefined): string {
  return user === undefined ? '' : `?user=${encodeURIComponent(user)}`;
}
