import { z } from 'zod';
import { schemaOf } from './schema-agreement.js';
import type { SignalMessage } from './signal.js';

/** {@link SignalMessage} */
export const signalSchema = schemaOf<SignalMessage>()(
  z.strictObject({
    kind: z.literal('signal'),
    streams: z
      .array(
        z.strictObject({
          user: z.string(),
          device: z.string(),
          startMs: z.number().describe('event time of the first value, milliseconds since 1970'),
          offsetsMs: z.array(z.number()).describe('milliseconds after it, of each value'),
          magnitude: z.array(z.number()).describe('length of the acceleration vector, m/s² with gravity'),
        }),
      )
      .describe('one for each device, at most 25 values a second of event time'),
  }),
);
