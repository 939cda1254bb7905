import { z } from 'zod';
import type { LabelledAnswers } from './label.js';
import { schemaOf } from './schema-agreement.js';

/** {@link LabelledAnswers} */
export const labelledAnswersSchema = schemaOf<LabelledAnswers>()(
  z.strictObject({
    windows: z.int(),
    right: z.int().describe('answered with the activity of the label'),
    activities: z.record(z.string(), z.int()).describe('how often each activity was answered'),
  }),
);
