import { HHAR_ACTIVITIES } from '@hark/contracts';
import type { DynamicModule } from '@nestjs/common';
import type { AccessControl } from '@hark/service';
import type { LogReader, LogWriter } from '@hark/streaming';
import type { Logger } from 'pino';
import type { ConnectionLog } from '../devices/connections/connection-log.js';
import type { FrontDoor } from '../front-door/front-door.js';
import { Clients } from './clients.js';
import { lanAddresses } from './lan-addresses.js';
import type { EmbeddedBroker } from './mqtt/embedded-broker.js';
import { MqttIntake } from './mqtt/mqtt-intake.js';
import type { MqttSubscriber } from './mqtt/mqtt-subscriber.js';
import { PhonesModule } from './phones.module.js';
import { LatestAnswers } from './phyphox/latest-answers.js';
import { Pairings } from './phyphox/pairings.js';
import { Phyphox } from './phyphox/phyphox.js';
import { RecordingSessions } from './sensor-logger/recording-sessions.js';
import { SensorLogger } from './sensor-logger/sensor-logger.js';

export interface PhonesOptions {
  readonly log: LogReader;
  /** The ingest app's writer. */
  readonly writer: LogWriter;
  readonly frontDoor: FrontDoor;
  /** Where attempts to send are written down. */
  readonly connections: ConnectionLog;
  readonly access: AccessControl;
  readonly logger: Logger;
  /** Wall clock, milliseconds since 1970. */
  readonly now: () => number;
  /** Where the app listens. */
  readonly host: string;
  /** Handed to phones in place of an operator's token; null = none. */
  readonly phoneToken: string | null;
  readonly mqtt: {
    /** Null = no broker is subscribed to. */
    readonly url: string | null;
    readonly clientId: string;
    readonly reconnectMs?: number;
    /** Null = no embedded broker. */
    readonly brokerPort: number | null;
  };
}

/** The ways in for apps on phones, and for devices over MQTT. */
export class Phones {
  private readonly answers: LatestAnswers;
  private readonly sensorLogger: SensorLogger;
  private readonly phyphox: Phyphox;
  private readonly clients: Clients;
  private subscriber: MqttSubscriber | null = null;
  private broker: EmbeddedBroker | null = null;

  /** @throws StateFormatError when the state in the log is of another version. */
  static async open(options: PhonesOptions): Promise<Phones> {
    return new Phones(options, await RecordingSessions.open(options.writer));
  }

  private constructor(
    private readonly options: PhonesOptions,
    private readonly sessions: RecordingSessions,
  ) {
    const { log, frontDoor, access, logger, now, host, phoneToken } = options;
    const activities = frontDoor.activities.fixed ?? HHAR_ACTIVITIES;
    this.answers = new LatestAnswers(log, (error) =>
      logger.warn({ err: error }, 'predictions can not be read: phones are answered "unknown"'),
    );
    this.sensorLogger = new SensorLogger(frontDoor, sessions);
    this.phyphox = new Phyphox(frontDoor, this.answers, activities);
    const pairings = new Pairings(now);
    const brokerPort = () => this.broker?.port ?? null;
    this.clients = new Clients({
      ...{ access, pairings, activities, phoneToken, brokerPort },
      lanAddresses: () => lanAddresses(host),
    });
  }

  /** @param frontDoor the module that provides `SampleIntake`. */
  module(frontDoor: DynamicModule): DynamicModule {
    const { sensorLogger, phyphox, clients } = this;
    return PhonesModule.register(frontDoor, { sensorLogger, phyphox, clients, access: this.options.access });
  }

  /** Begins with what comes from elsewhere. MQTT's packages take some 40 MB: only who asks for it has them. */
  async start(): Promise<void> {
    const { frontDoor, connections, access, logger, now, host, mqtt } = this.options;
    const { sensorLogger, phyphox } = this;
    const intake = new MqttIntake({ frontDoor, sensorLogger, phyphox, connections, now });
    if (mqtt.brokerPort !== null) {
      const { EmbeddedBroker } = await import('./mqtt/embedded-broker.js');
      // Beyond loopback only where tokens are used, as the app itself.
      this.broker = await EmbeddedBroker.open({ port: mqtt.brokerPort, host, access, intake, logger });
      logger.info({ port: this.broker.port, host }, 'the embedded MQTT broker is listening');
    }
    if (mqtt.url !== null) {
      const { MqttSubscriber } = await import('./mqtt/mqtt-subscriber.js');
      this.subscriber = new MqttSubscriber({ ...mqtt, url: mqtt.url, intake, logger });
    }
  }

  async stop(): Promise<void> {
    await Promise.all([this.subscriber?.stop(), this.broker?.close(), this.answers.stop()]);
  }

  status() {
    return {
      recordings: this.sessions.size,
      mqtt: this.subscriber === null ? 'off' : this.subscriber.connected ? 'connected' : 'not connected',
      brokerPort: this.broker?.port ?? null,
    };
  }
}
