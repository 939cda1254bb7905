import { z } from 'zod';
import type { LivePrediction } from './prediction.js';
import { schemaOf } from './schema-agreement.js';

const probability = z.number().min(0).max(1);
const count = z.int().min(0);

/** {@link LivePrediction}, as the channels `predictions` and `replay:<id>` bring it. */
export const livePredictionSchema = schemaOf<LivePrediction>()(
  z.strictObject({
    kind: z.literal('prediction'),
    id: z.string().describe('of the window, the same for every revision: user/device/startNs'),
    user: z.string(),
    device: z.string(),
    model: z.string().describe('product name of the device'),
    window: z
      .strictObject({
        start: z.iso.datetime(),
        end: z.iso.datetime(),
        startNs: z.string().regex(/^\d{1,19}$/),
      })
      .describe('event time; the end is excluded'),
    activity: z.string().describe('the most probable one, or unknown'),
    confidence: probability.describe('the greatest probability; 0 without any'),
    probabilities: z.record(z.string(), probability),
    modelVersion: count,
    state: z
      .enum(['ok', 'unknown', 'stale', 'cold'])
      .describe('ok: an answer; unknown and cold: none, see reason; stale: the device has been silent since'),
    reason: z.enum(['low_confidence', 'no_data', 'out_of_distribution', 'model_cold']).nullable(),
    revision: count.describe('grows when late data changed the window'),
    final: z.boolean().describe('nothing of the window changes any more'),
    label: z.string().nullable().describe('the most frequent true activity of its samples'),
    samples: z.strictObject({ accelerometer: count, gyroscope: count, late: count, duplicates: count }),
    receivedMs: z
      .number()
      .describe('when the samples that made this revision came in, milliseconds since 1970'),
    latencyMs: z.number().min(0).describe('from then to the standing of the prediction in the log'),
    source: z.union([z.literal('live'), z.templateLiteral(['replay:', z.string()])]),
  }),
);
