import { connect, type IPublishPacket, type MqttClient } from 'mqtt';
import type { Logger } from 'pino';
import { Principal } from '@hark/service';
import type { MqttIntake } from './mqtt-intake.js';
import { MQTT_SUBSCRIPTIONS } from './mqtt-topics.js';

export interface MqttSubscriberOptions {
  /** `mqtt://[user:password@]host[:port]`, also mqtts, ws and wss. */
  readonly url: string;
  readonly intake: MqttIntake;
  readonly logger: Logger;
  /** The same at every start: the broker keeps messages of QoS 1 for it meanwhile. */
  readonly clientId: string;
  readonly reconnectMs?: number;
}

const RETRY_MS = 1000;
const MAX_RETRY_MS = 30_000;

/**
 * Subscribes to a broker and takes what comes. A message of QoS 1 is acknowledged when it is durable: what the log can't
 * take now is tried again until it can, while the broker holds the next ones. Who may publish is for the broker to say.
 */
export class MqttSubscriber {
  private readonly client: MqttClient;
  private readonly stopping = new AbortController();
  private isConnected = false;
  private hasSaid = false;

  constructor(private readonly options: MqttSubscriberOptions) {
    const { url, clientId, reconnectMs = 1000, logger } = options;
    this.client = connect(url, { clientId, clean: false, reconnectPeriod: reconnectMs, protocolVersion: 4 });
    this.client.handleMessage = (packet, done) => {
      void this.take(packet).then(
        () => done(),
        (error: unknown) => done(error as Error),
      );
    };
    const place = hostOf(url);
    this.client.on('connect', () => {
      this.isConnected = true;
      if (this.hasSaid) logger.info({ broker: place }, 'the MQTT broker is there again');
      this.hasSaid = false;
      this.client.subscribe([...MQTT_SUBSCRIPTIONS], { qos: 1 }, (error) => {
        if (error && !this.stopping.signal.aborted)
          logger.error({ err: error }, 'no subscription to the MQTT broker');
      });
    });
    // Told once, not at every attempt.
    const gone = (error?: Error) => {
      this.isConnected = false;
      if (this.hasSaid || this.stopping.signal.aborted) return;
      this.hasSaid = true;
      logger.warn({ broker: place, err: error }, 'the MQTT broker is not there: trying again until it is');
    };
    this.client.on('error', gone);
    this.client.on('close', () => gone());
  }

  /** Whether messages can come now. */
  get connected(): boolean {
    return this.isConnected;
  }

  /** What is under way and not acknowledged comes again at the next start. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.client.endAsync(true);
  }

  private async take({ topic, payload }: IPublishPacket): Promise<void> {
    const bytes = typeof payload === 'string' ? Buffer.from(payload) : payload;
    for (let wait = RETRY_MS; ; wait = Math.min(MAX_RETRY_MS, wait * 2)) {
      try {
        return await this.options.intake.take(topic, bytes, Principal.local, null);
      } catch (error) {
        if (this.stopping.signal.aborted) throw error;
        this.options.logger.warn({ err: error }, 'a message of MQTT can not be taken now: trying again');
        await this.sleep(wait);
        if (this.stopping.signal.aborted) throw error;
      }
    }
  }

  private sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.stopping.signal.addEventListener('abort', () => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}

/** Without the user and password that a URL may hold. */
function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'the broker';
}
