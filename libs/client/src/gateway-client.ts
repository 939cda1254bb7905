import type {
  Fused,
  LivePrediction,
  ModelEvent,
  Progress,
  ReportRecord,
  ReportTableMessage,
  SignalMessage,
  Transition,
} from '@hark/contracts';
import type { Environment } from './environment.js';
import type { GatewayStatus } from './gateway-status.js';
import type { HarkAlert } from './hark-alert.js';
import type { ConnectionState } from './live/connection-state.js';
import { HarkStream } from './live/hark-stream.js';
import { LiveConnection } from './live/live-connection.js';
import type {
  ChannelOptions,
  PredictionOptions,
  Selection,
  StreamOptions,
  TransitionOptions,
} from './live/stream-options.js';
import type { WebSocketConstructor } from './live/web-socket.js';
import { AlertsApi } from './rest/alerts-api.js';
import { DevicesApi } from './rest/devices-api.js';
import { LabelsApi } from './rest/labels-api.js';
import { ModelsApi } from './rest/models-api.js';
import { ReplaysApi } from './rest/replays-api.js';
import { ReportsApi } from './rest/reports-api.js';
import { RestApi, type CallOptions } from './rest/rest-api.js';
import { SessionsApi } from './rest/sessions-api.js';

export interface HarkClientOptions {
  /** Where the gateway is: `http://127.0.0.1:3000`. */
  readonly url: string;
  /** Or where to get one: asked at every call and every connection. It is never put into a URL. */
  readonly token?: string | (() => string | Promise<string>);
  /** Called whenever the connection of the streams changes. */
  readonly onState?: (state: ConnectionState) => void;
  /** The global one unless told, or else that of the package `ws`. */
  readonly webSocket?: WebSocketConstructor;
  /** Clock, randomness and network, for tests. */
  readonly environment?: Environment;
}

/** A message of a subscription with `snapshot`: the newest there was of a device or user, not a new one. */
export type Snapshot = { readonly snapshot?: true };

/**
 * A gateway of Hark: its streams, all over one WebSocket, and its REST calls. Nothing is opened before it is used.
 * `HarkClient` is this in the world that it runs in: Node's or a browser's.
 */
export class GatewayClient {
  readonly models: ModelsApi;
  readonly sessions: SessionsApi;
  readonly replays: ReplaysApi;
  readonly labels: LabelsApi;
  readonly alerting: AlertsApi;
  readonly devices: DevicesApi;
  readonly reports: ReportsApi;
  protected readonly rest: RestApi;
  private readonly live: LiveConnection;

  /** @throws TypeError for a URL that is none, or not of http or https. */
  constructor(options: HarkClientOptions, world: Environment) {
    const { url, token, onState, webSocket } = options;
    const { protocol, origin, pathname } = new URL(url);
    if (protocol !== 'http:' && protocol !== 'https:')
      throw new TypeError(`not an http or https URL: ${url}`);
    const base = origin + pathname.replace(/\/$/, '');
    const credentials = async (): Promise<string | undefined> =>
      typeof token === 'function' ? await token() : token;
    this.rest = new RestApi(base, credentials, world);
    const address = {
      url: `${base.replace('http', 'ws')}/v1/live`,
      token: credentials,
      socket: async () => webSocket ?? (await world.webSocket()),
    };
    this.live = new LiveConnection(address, world, onState ?? (() => undefined));
    this.models = new ModelsApi(this.rest);
    this.sessions = new SessionsApi(this.rest);
    this.replays = new ReplaysApi(this.rest);
    this.labels = new LabelsApi(this.rest);
    this.alerting = new AlertsApi(this.rest);
    this.devices = new DevicesApi(this.rest);
    this.reports = new ReportsApi(this.rest);
  }

  /** What devices are doing, window by window. */
  predictions(options?: PredictionOptions): HarkStream<LivePrediction & Snapshot> {
    return this.subscribe('predictions', options);
  }

  /** When devices pass from one activity to another. */
  transitions(options?: TransitionOptions): HarkStream<Transition & Snapshot> {
    return this.subscribe('transitions', options);
  }

  /** One activity for each user, from all of the user's devices. */
  fused(options?: PredictionOptions): HarkStream<Fused & Snapshot> {
    return this.subscribe('fused', options);
  }

  /** Drift, activities that rules speak of, silent devices, apps that fall behind. */
  alerts(options?: StreamOptions & Pick<Selection, 'users' | 'devices' | 'since'>): HarkStream<HarkAlert> {
    return this.subscribe('alerts', options);
  }

  /** Versions made and activated, labels learned, commands refused. */
  modelEvents(options?: StreamOptions & Pick<Selection, 'since'>): HarkStream<ModelEvent> {
    return this.subscribe('models', options);
  }

  /** Once a second how far everything has come. */
  progress(options?: StreamOptions & Pick<Selection, 'since'>): HarkStream<Progress> {
    return this.subscribe('progress', options);
  }

  /** The acceleration of devices as it comes in, thinned out: for the eye, not for models. */
  signals(
    options?: StreamOptions & Pick<Selection, 'users' | 'devices' | 'since'>,
  ): HarkStream<SignalMessage> {
    return this.subscribe('signal', options);
  }

  /** What a replay predicts, from its beginning unless told otherwise; ends with the replay. */
  replay(id: string, options?: PredictionOptions): HarkStream<LivePrediction> {
    return this.subscribe(`replay:${id}`, { since: 'earliest', ...options });
  }

  /**
   * What a report finds, and its progress, from now on; with `snapshot`, its table first. `ReportTable` of
   * `@hark/contracts` makes the table of the messages.
   */
  report(
    name: string,
    options?: StreamOptions & Pick<Selection, 'since' | 'snapshot'>,
  ): HarkStream<(ReportRecord | ReportTableMessage) & Snapshot> {
    return this.subscribe(`report:${name}`, options);
  }

  /** Any channel by its name. */
  subscribe<Message>(channel: string, options: ChannelOptions = {}): HarkStream<Message> {
    return new HarkStream(channel, options, this.live);
  }

  status(options?: CallOptions): Promise<GatewayStatus> {
    return this.rest.json('/v1/status', options);
  }

  /** Ends every stream, as leaving its loop does, and closes the socket. */
  close(): void {
    this.live.end();
  }
}
