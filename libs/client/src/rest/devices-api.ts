import type { CallOptions, RestApi } from './rest-api.js';

/** An app for phones, and how it is connected. */
export interface PhoneApp {
  readonly app: string;
  /** Where it gets its experiment, or pushes to. */
  readonly url: string;
  /** What a QR code for it holds. */
  readonly qr: string;
  /** What to do on the phone. */
  readonly steps: readonly string[];
}

export interface PhoneApps {
  readonly clients: readonly PhoneApp[];
  /** What may keep phones from getting through, as sentences. */
  readonly warnings: readonly string[];
}

/** Like attempts of one client to send something: the last one, and how many there were. */
export interface DeviceConnection {
  /** E.g. `POST /v1/sensor-logger`. */
  readonly way: string;
  readonly address: string | null;
  readonly verdict: 'accepted' | 'ignored' | 'duplicate' | 'late' | 'refused';
  readonly code: string | null;
  readonly user: string | null;
  readonly device: string | null;
  /** Rows. */
  readonly accepted: number;
  readonly rejected: number;
  /** When the last came, ISO 8601. */
  readonly at: string;
  readonly times: number;
  /** What to do about it; null when nothing has to be done. */
  readonly remedy: string | null;
}

/** How devices join, and what became of what they sent. */
export class DevicesApi {
  constructor(private readonly api: RestApi) {}

  /** The apps for phones, with addresses and what QR codes hold. */
  apps(options?: CallOptions): Promise<PhoneApps> {
    return this.api.json('/v1/clients', options);
  }

  /** The last attempts, newest first; none while the ingest app is away. */
  async connections(options?: CallOptions): Promise<readonly DeviceConnection[]> {
    const { connections } = await this.api.json<{ connections: DeviceConnection[] }>(
      '/v1/connections',
      options,
    );
    return connections;
  }
}
