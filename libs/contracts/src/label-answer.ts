import { z } from 'zod';
import { labelledAnswersSchema } from './label-schema.js';

/** `POST /v1/labels`. */
export const labelAnswer = z.strictObject({
  id: z.string(),
  windows: z
    .int()
    .describe('labelled at once; those of the stretch that are still to come get the label too'),
  before: labelledAnswersSchema.describe('how these windows were answered'),
  after: labelledAnswersSchema.describe('how they are answered by the model that has learned them'),
});
export type LabelAnswer = Readonly<z.infer<typeof labelAnswer>>;

/** `DELETE /v1/labels/:id`. */
export const labelUndone = z.strictObject({
  id: z.string(),
  windows: z.int().describe('windows that have no label any more'),
});
export type LabelUndone = Readonly<z.infer<typeof labelUndone>>;
