import { z } from 'zod';
import type { RowError } from './dead-letter.js';
import { schemaOf } from './schema-agreement.js';

/** {@link RowError} */
export const rowErrorSchema = schemaOf<RowError>()(
  z.strictObject({
    row: z.int().min(1).describe('counted from 1, header lines not counted'),
    code: z.enum([
      'malformed',
      'missing_axis',
      'non_finite',
      'invalid_user',
      'invalid_device',
      'invalid_model',
      'invalid_time',
      'unknown_activity',
      'sensor_missing',
      'unknown_sensor',
    ]),
    message: z.string(),
  }),
);
