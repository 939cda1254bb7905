import { z } from 'zod';
import { schemaOf } from './schema-agreement.js';
import type { Transition } from './transition.js';

/** {@link Transition} */
export const transitionSchema = schemaOf<Transition>()(
  z.strictObject({
    kind: z.literal('transition'),
    user: z.string(),
    device: z.string(),
    model: z.string().describe('product name of the device'),
    from: z.string().nullable().describe('null: nothing was being done before'),
    to: z.string().nullable().describe('null: the activity was left and none has been entered'),
    at: z.iso.datetime().describe('event time at which the change began'),
    decidedAt: z.iso.datetime().describe('event time at which it had lasted long enough'),
    confidence: z.number().min(0).max(1),
    prediction: z.string().describe('id of the deciding prediction'),
    modelVersion: z.int(),
  }),
);
