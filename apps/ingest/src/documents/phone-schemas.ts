import { schemaOf } from '@hark/contracts';
import { z } from 'zod';
import type { ClientList } from '../phones/clients.js';
import type { Connection } from '../devices/connections/connection.js';
import type { PhyphoxAnswer } from '../phones/phyphox/phyphox.js';
import type { SensorLoggerAnswer } from '../phones/sensor-logger/sensor-logger.controller.js';

const nanoseconds = z.union([z.int(), z.string()]).describe('nanoseconds since 1970; exact either way');
const verdict = z.enum(['accepted', 'ignored', 'duplicate', 'late', 'refused']);
const count = z.int().min(0);

/** As far as it means something here: any other message is answered 200 and ignored. */
export const sensorLoggerMessage = z.looseObject({
  messageId: z.int().min(0).optional().describe('0, 1, 2 … within a session; the same again is a duplicate'),
  sessionId: z.string().optional(),
  deviceId: z.string().optional(),
  userId: z.string().optional().describe('of the participant while a study is active'),
  payload: z.array(
    z.looseObject({
      name: z
        .string()
        .describe(
          'accelerometer with gravity, accelerometeruncalibrated, totalacceleration, gyroscope, wrist motion and ' +
            'annotation are taken, others ignored',
        ),
      time: nanoseconds,
      values: z.record(z.string(), z.unknown()),
      accuracy: z.number().optional(),
    }),
  ),
});

export const phoneQuery = z.object({
  user: z.string().optional().describe('whose phone it is'),
  model: z.string().optional().describe('what it is'),
});

export const sensorLoggerQuery = phoneQuery.extend({
  frame: z
    .enum(['android', 'ios'])
    .optional()
    .describe(
      'how the signs of its acceleration are, where its readings do not tell: ios = not standardised',
    ),
});

export const sensorLoggerAnswer = schemaOf<SensorLoggerAnswer>()(
  z.strictObject({
    verdict,
    accepted: count.describe('rows stored'),
    rejected: count.describe('readings with an axis missing, or without gravity near'),
    ignored: count.describe('readings of other sensors'),
    missing: count.describe('messages of the session that have not come yet'),
  }),
);

const readings = z.array(z.number().nullable()).optional();

export const phyphoxMessage = z.looseObject({
  uid: z.string().optional().describe("the device's id"),
  dev: z.string().optional().describe('its model'),
  acc_t: readings.describe("seconds on the experiment's clock"),
  ...{ accX: readings.describe('m/s² with gravity'), accY: readings, accZ: readings },
  gyr_t: readings,
  ...{ gyrX: readings.describe('rad/s'), gyrY: readings, gyrZ: readings },
  time: z
    .looseObject({
      events: z.array(
        z.looseObject({ event: z.string(), experimentTime: z.number(), systemTime: z.number() }),
      ),
    })
    .optional()
    .describe(
      'when the experiment was started, seconds; without it the first message arrived as it was made',
    ),
  token: z.array(z.int()).optional().describe('codes of the characters of a token'),
});

export const phyphoxAnswer = schemaOf<PhyphoxAnswer>()(
  z.strictObject({
    activity: z.string().describe("of the device's latest window"),
    confidence: z.number().min(0).max(1),
    activityNumber: count.describe('its place among the activities known, from 1 on; 0 = none of them'),
  }),
);

export const clientList = schemaOf<ClientList>()(
  z.strictObject({
    clients: z.array(
      z.strictObject({
        app: z.enum(['phyphox', 'sensor-logger']),
        url: z.string().describe('where it gets its experiment, or pushes to'),
        qr: z.string().describe('what a QR code for it holds'),
        steps: z.array(z.string()).describe('what to do on the phone'),
      }),
    ),
    warnings: z.array(z.string()).describe('what may keep phones from getting through'),
  }),
);

export const connectionList = z.strictObject({
  connections: z.array(
    schemaOf<Connection>()(
      z.strictObject({
        way: z.string().describe('e.g. POST /v1/sensor-logger, MQTT sensor-logger'),
        address: z.string().nullable(),
        verdict,
        code: z.string().nullable().describe('why'),
        user: z.string().nullable(),
        device: z.string().nullable(),
        accepted: count,
        rejected: count,
        ignored: count,
        missing: count,
        aheadMs: z.number().nullable().describe('how far its newest sample lies ahead of its receipt'),
        at: z.iso.datetime().describe('when the last of its kind came'),
        since: z.iso.datetime().describe('when the first did'),
        times: z.int().min(1),
        remedy: z.string().nullable().describe('what to do about it'),
      }),
    ),
  ),
});
