import { z } from 'zod';
import { labelledAnswersSchema } from './label-schema.js';
import type { ModelEvent } from './model-version.js';
import { schemaOf } from './schema-agreement.js';
import { versionManifest } from './version-view.js';

/** {@link ModelEvent} */
export const modelEventSchema = schemaOf<ModelEvent>()(
  z.discriminatedUnion('kind', [
    z
      .strictObject({
        kind: z.literal('created'),
        manifest: versionManifest,
        command: z.int().optional(),
        merged: z.array(z.int()).readonly().optional(),
      })
      .describe('a version was made'),
    z
      .strictObject({
        kind: z.literal('activated'),
        by: z.enum(['rollback', 'promotion']),
        from: z.int(),
        to: z.int(),
        learning: z.boolean(),
        reason: z.string().nullable(),
        logPosition: z.int(),
        command: z.int().nullable(),
      })
      .describe('another version answers, from the record logPosition of the topic windows on'),
    z
      .strictObject({ kind: z.literal('removed'), version: z.int() })
      .describe('a version was removed, as more are kept than shall be'),
    z
      .strictObject({
        kind: z.literal('labelled'),
        label: z.int(),
        user: z.string(),
        device: z.string().nullable(),
        activity: z.string(),
        windows: z.int(),
        before: labelledAnswersSchema,
        after: labelledAnswersSchema,
      })
      .describe('a label took effect'),
    z
      .strictObject({
        kind: z.literal('unlabelled'),
        label: z.int(),
        undo: z.int(),
        windows: z.int(),
      })
      .describe('a label was taken back'),
    z
      .strictObject({
        kind: z.literal('learning'),
        enabled: z.boolean(),
        logPosition: z.int(),
        command: z.int(),
      })
      .describe('learning was switched'),
    z
      .strictObject({
        kind: z.literal('refused'),
        code: z.string(),
        message: z.string(),
        command: z.int().optional(),
        label: z.int().optional(),
      })
      .describe('a command or a label was refused; nothing has changed'),
  ]),
);
