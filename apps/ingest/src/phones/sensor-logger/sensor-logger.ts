import { isWellFormedId } from '@hark/contracts';
import {
  activityAt,
  parseSensorLoggerMessage,
  phoneSamples,
  type PhoneReading,
  type RejectedRow,
  type SensorLoggerMessage,
} from '@hark/streaming';
import type { FrontDoor } from '../../front-door/front-door.js';
import { requireOwnUsers } from '../../front-door/own-users.js';
import type { Attempt } from '../../devices/connections/connection.js';
import { userOf, type Origin } from '../origin.js';
import { newestMs, phoneBatch } from '../phone-batch.js';
import { sessionKey, type RecordingSession } from './recording-session.js';
import type { RecordingSessions } from './recording-sessions.js';

/** What became of a message. */
export type Taken = Pick<
  Attempt,
  'verdict' | 'code' | 'user' | 'device' | 'accepted' | 'rejected' | 'ignored' | 'missing' | 'aheadMs'
>;

const PHONE = 'phone';
const WATCH = 'watch';

/**
 * Takes messages of Sensor Logger's push format, however they come. Total acceleration in Android's axes; annotations
 * become the label of the samples from their instant on, so that a label and its samples are one record, and the same
 * messages give the same rows.
 */
export class SensorLogger {
  constructor(
    private readonly frontDoor: FrontDoor,
    private readonly sessions: RecordingSessions,
  ) {}

  /**
   * Resolves when what can be used of the message is durable. What can't is told, never thrown.
   *
   * @throws ForbiddenUserError, LogFullError and what else the front door throws; nothing of the message stands then.
   */
  async take(bytes: Uint8Array, origin: Origin): Promise<Taken> {
    const message = parseSensorLoggerMessage(bytes);
    if (message === null) return nothing('not_a_message');
    const { deviceId, readings } = message;
    if (readings.length === 0) return nothing('no_samples', message.unreadable);
    if (deviceId === null) return nothing('no_device', readings.length);
    const user = userOf(origin, message.userId, deviceId);
    const ids = [user, deviceId, `${deviceId}:${WATCH}`, origin.model ?? PHONE];
    if (!ids.every(isWellFormedId)) return nothing('invalid_id', readings.length);

    const session = this.sessions.of(sessionKey(user, deviceId, message.sessionId ?? ''));
    const { messageId } = message;
    const numbered = message.sessionId !== null && messageId !== null ? messageId : null;
    if (numbered === null) return this.convert(message, user, deviceId, session, origin);
    await session.underWay.get(numbered)?.catch(() => undefined);
    if (session.ids.has(numbered)) {
      return { ...nothing(null), verdict: 'duplicate', user, device: deviceId, missing: session.ids.missing };
    }
    const taking = this.convert(message, user, deviceId, session, origin).then(async (taken) => {
      session.ids.add(numbered);
      await this.sessions.save();
      return { ...taken, missing: session.ids.missing };
    });
    session.underWay.set(numbered, taking);
    return taking.finally(() => {
      if (session.underWay.get(numbered) === taking) session.underWay.delete(numbered);
    });
  }

  private async convert(
    message: SensorLoggerMessage,
    user: string,
    device: string,
    session: RecordingSession,
    origin: Origin,
  ): Promise<Taken> {
    const { principal, receivedMs, source, frame, model = PHONE } = origin;
    session.hear(message.readings);
    const found = phoneSamples(message.readings, {
      frame,
      uncalibratedInG: session.uncalibratedInG ?? undefined,
    });
    session.uncalibratedInG = found.uncalibratedInG ?? session.uncalibratedInG;
    session.annotate(found.annotations);
    const batch = phoneBatch(
      user,
      [
        { device, model, samples: found.phone },
        { device: `${device}:${WATCH}`, model: WATCH, samples: found.watch },
      ],
      (time) => activityAt(session.annotations, time, this.frontDoor.activities),
      receivedMs,
    );
    const kept = found.unusable.slice(0, MAX_KEPT).map((reading, i) => rejectedRow(reading, i, user, device));
    const rejected = found.unusable.length;
    requireOwnUsers({ batch, rejected, kept }, principal);
    if (batch.rows + rejected > 0) await this.frontDoor.accept({ batch, rejected, kept, source, receivedMs });
    const newest = newestMs(batch);
    return {
      verdict: batch.rows > 0 ? 'accepted' : rejected > 0 ? 'refused' : 'ignored',
      code:
        found.hints.find((hint) => session.concerns(hint)) ??
        (batch.rows + rejected > 0 ? null : 'no_samples'),
      user,
      device,
      accepted: batch.rows,
      rejected,
      ignored: found.ignored + message.unreadable,
      missing: session.ids.missing,
      aheadMs: newest === null ? null : newest - receivedMs,
    };
  }
}

/** How many unusable readings of one message are kept with their text; all are counted. */
const MAX_KEPT = 100;

function rejectedRow(
  { name, values }: PhoneReading,
  index: number,
  user: string,
  device: string,
): RejectedRow {
  const message = `${name} without an axis, or without gravity within 200 ms`;
  const axes = Object.fromEntries(Object.entries(values).filter(([, value]) => typeof value === 'number'));
  return {
    row: index + 1,
    code: 'malformed',
    message,
    text: JSON.stringify({ name, values: axes }).slice(0, 1024),
    device: { user, device },
  };
}

function nothing(code: string | null, ignored = 0): Taken {
  return {
    verdict: 'ignored',
    code,
    user: null,
    device: null,
    accepted: 0,
    rejected: 0,
    ignored,
    missing: 0,
    aheadMs: null,
  };
}
