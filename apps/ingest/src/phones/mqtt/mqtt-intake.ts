import type { Principal } from '@hark/service';
import { parsePhyphoxMessage } from '@hark/streaming';
import type { FrontDoor } from '../../front-door/front-door.js';
import { isUnreadable, problemFor } from '../../front-door/intake-problems.js';
import { requireOwnUsers } from '../../front-door/own-users.js';
import { readSampleBody } from '../../front-door/sample-body.js';
import { attempt, type Attempt } from '../../devices/connections/connection.js';
import type { ConnectionLog } from '../../devices/connections/connection-log.js';
import { MAX_PHONE_BYTES } from '../device-body.js';
import type { Origin } from '../origin.js';
import type { Phyphox } from '../phyphox/phyphox.js';
import type { SensorLogger } from '../sensor-logger/sensor-logger.js';
import { mqttRoute, type MqttRoute } from './mqtt-topics.js';

export interface MqttIntakeOptions {
  readonly frontDoor: FrontDoor;
  readonly sensorLogger: SensorLogger;
  readonly phyphox: Phyphox;
  readonly connections: ConnectionLog;
  /** Wall clock, milliseconds since 1970. */
  readonly now: () => number;
}

const SOURCE = 'mqtt';

/** Takes messages of MQTT, whoever brings them: the same payloads as over HTTP. */
export class MqttIntake {
  constructor(private readonly options: MqttIntakeOptions) {}

  /**
   * Resolves when the message is durable, or when it would be as bad the next time: it may be acknowledged then.
   *
   * @param address of the client; null where it is not known.
   * @throws LogFullError and what else passes: the message is to be sent again.
   */
  async take(
    topic: string,
    payload: Uint8Array,
    principal: Principal,
    address: string | null,
  ): Promise<void> {
    const way = `MQTT ${topic}`;
    const route = mqttRoute(topic);
    if (route === null) {
      return this.options.connections.add(attempt(way, 'ignored', { code: 'unknown_topic', address }));
    }
    try {
      const taken = await this.takeAs(route, payload, principal);
      this.options.connections.add({ ...taken, way, address });
    } catch (error) {
      const found = problemFor(error)?.problem;
      this.options.connections.add(
        attempt(way, 'refused', { code: found?.code ?? 'internal_error', address }),
      );
      if (found === undefined || found.status >= 429) throw error;
    }
  }

  private async takeAs(
    { format, user }: MqttRoute,
    payload: Uint8Array,
    principal: Principal,
  ): Promise<Attempt> {
    if (payload.length > MAX_PHONE_BYTES) return attempt('', 'refused', { code: 'body_too_large' });
    const origin: Origin = { source: SOURCE, principal, receivedMs: this.options.now(), user };
    if (format === 'sensor-logger') {
      return { ...(await this.options.sensorLogger.take(payload, origin)), way: '', address: null };
    }
    if (format === 'phyphox') {
      return (await this.options.phyphox.take(parsePhyphoxMessage(payload), origin)).attempt;
    }
    return this.takeSamples(payload, origin);
  }

  private async takeSamples(payload: Uint8Array, { principal, receivedMs }: Origin): Promise<Attempt> {
    const { frontDoor } = this.options;
    const { activities } = frontDoor;
    try {
      const body = await readSampleBody(payload, 'json', {
        sensor: undefined,
        columns: undefined,
        activities,
        receivedMs,
      });
      requireOwnUsers(body, principal);
      const { rejected } = body;
      const accepted = body.batch.rows;
      if (accepted + rejected > 0) await frontDoor.accept({ ...body, source: SOURCE, receivedMs });
      const code = accepted + rejected === 0 ? 'no_rows' : (body.kept.at(0)?.code ?? null);
      return attempt('', accepted > 0 ? 'accepted' : 'refused', { accepted, rejected, code });
    } catch (error) {
      if (!isUnreadable(error)) throw error;
      return attempt('', 'refused', { code: (error as Error & { code: string }).code });
    }
  }
}
