import { deviceKey, toIsoTime } from '@hark/contracts';
import type { NewRecord } from '@hark/streaming';

const HOP_MS = 1280;
const ACTIVITIES = ['bike', 'sit', 'stand', 'walk', 'stairsup', 'stairsdown', 'run'];

/** User and device of the subscriber of this number. */
export const deviceOf = (subscriber: number) => ({ user: `u${subscriber}`, device: `d${subscriber}` });

/**
 * A final prediction as the learner writes it, of the size that it has with seven activities. `receivedMs` is the
 * moment of writing, with its fraction: the reader tells the way from the log from it.
 */
export function predictionRecord(subscriber: number, hop: number, writtenMs: number): NewRecord {
  const { user, device } = deviceOf(subscriber);
  const startMs = 1_700_000_000_000 + hop * HOP_MS;
  const prediction = {
    kind: 'prediction',
    id: `${user}/${device}/${startMs}000000`,
    user,
    device,
    model: 'nexus4',
    window: { start: toIsoTime(startMs), end: toIsoTime(startMs + 2 * HOP_MS), startNs: `${startMs}000000` },
    activity: ACTIVITIES[hop % ACTIVITIES.length],
    confidence: 0.9995741215011512,
    probabilities: Object.fromEntries(
      ACTIVITIES.map((name, i) => [
        name,
        i === hop % ACTIVITIES.length ? 0.9995741215011512 : 0.000070979749808,
      ]),
    ),
    modelVersion: 2,
    state: 'ok',
    reason: null,
    revision: 0,
    final: true,
    label: null,
    samples: { accelerometer: 256, gyroscope: 256, late: 0, duplicates: 0 },
    receivedMs: writtenMs,
  };
  return { key: deviceKey({ user, device }), value: Buffer.from(JSON.stringify(prediction)) };
}

/** An alert that concerns everybody, with the moment of writing. */
export function alertRecord(number: number, writtenMs: number): NewRecord {
  const alert = {
    specversion: '1.0',
    id: `drift-${number}/drift`,
    source: '/learner',
    type: 'hark.drift',
    subject: 'error',
    time: toIsoTime(Math.floor(writtenMs)),
    datacontenttype: 'application/json',
    data: {
      episode: `drift-${number}`,
      stage: 'drift',
      detector: 'ADWIN',
      signal: 'error',
      statistic: 0.5625,
      threshold: 0.52,
      before: 0,
      after: 0.5625,
      scope: { users: [], devices: [], classes: ['sit'] },
      modelVersion: 2,
      lastGoodVersion: 1,
      rollback: { method: 'POST', path: '/v1/models/1/rollback' },
      receivedMs: writtenMs,
    },
  };
  return { key: '', value: Buffer.from(JSON.stringify(alert)) };
}
