import { z } from 'zod';
import type { Fused } from './fused.js';
import { schemaOf } from './schema-agreement.js';

const probability = z.number().min(0).max(1);

/** {@link Fused} */
export const fusedSchema = schemaOf<Fused>()(
  z.strictObject({
    kind: z.literal('fused'),
    user: z.string(),
    activity: z.string().describe('the most probable one, or unknown when no device had an answer'),
    confidence: probability,
    probabilities: z
      .record(z.string(), probability)
      .describe('weighed product over the devices that had an answer, brought to sum 1'),
    state: z.enum(['ok', 'unknown']),
    devices: z.array(
      z.strictObject({
        device: z.string(),
        model: z.string(),
        activity: z.string().describe('of the device alone'),
        confidence: probability,
        window: z.strictObject({ start: z.iso.datetime(), end: z.iso.datetime() }),
        clockOffsetMs: z.number().describe('wall clock less the clock of the device, as estimated then'),
      }),
    ),
    at: z.iso.datetime().describe('wall time of the end of the window of the prediction'),
    prediction: z.string().describe('id of the prediction that made this message'),
  }),
);
