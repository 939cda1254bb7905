import { deviceKey, toIsoTime, type Prediction } from '@hark/contracts';
import type { NewRecord } from '@hark/streaming';

/** For tests: a prediction as the learner stores it. */
export function storedPrediction(
  fields: Partial<Prediction> & { readonly startMs?: number } = {},
): NewRecord {
  const { startMs = 0, ...rest } = fields;
  const user = rest.user ?? 'a';
  const device = rest.device ?? 'gear_1';
  const prediction: Prediction = {
    kind: 'prediction',
    id: `${user}/${device}/${startMs}000000`,
    user,
    device,
    model: 'gear',
    window: { start: toIsoTime(startMs), end: toIsoTime(startMs + 2560), startNs: `${startMs}000000` },
    activity: 'walk',
    confidence: 0.75,
    probabilities: { walk: 0.75, sit: 0.25 },
    modelVersion: 1,
    state: 'ok',
    reason: null,
    revision: 0,
    final: true,
    label: null,
    samples: { accelerometer: 256, gyroscope: 256, late: 0, duplicates: 0 },
    receivedMs: 1000,
    ...rest,
  };
  return { key: deviceKey({ user, device }), value: new TextEncoder().encode(JSON.stringify(prediction)) };
}
