import { z } from 'zod';
import type { VersionManifest } from './model-version.js';

export const scoreSummary = z.strictObject({
  windows: z.int().describe('labelled windows scored'),
  accuracy: z.number(),
  kappa: z.number(),
  macroF1: z.number(),
});

/** What stands beside a version's state. */
export const versionManifest = z.strictObject({
  version: z.int(),
  parent: z.int().nullable().describe('the version that answered when this one was made'),
  cause: z.enum(['start', 'count', 'time', 'drift', 'request', 'challenger']),
  classifier: z.string(),
  logPosition: z.int().describe('first record of the topic windows that it had not seen'),
  windowsLearned: z.int().describe('by it and its ancestors'),
  classes: z.array(z.string()).readonly(),
  metrics: scoreSummary.describe('of its lineage when it was made'),
  featureSchema: z.string().describe('hash of the features it was learned on'),
  digest: z.string().describe('SHA-256 of the stored state, hex'),
  time: z.string().nullable().describe('event time of the last window seen, ISO 8601'),
}) satisfies z.ZodType<VersionManifest>;

export const versionAlias = z.enum(['current', 'previous', 'challenger']);
export type VersionAlias = z.infer<typeof versionAlias>;

/** A version, as `GET /v1/models/:v` shows it. */
export const versionView = versionManifest.extend({
  alias: versionAlias.nullable(),
  metricsSince: scoreSummary.describe('of the labelled windows that it has answered itself'),
});
export type VersionView = Readonly<z.infer<typeof versionView>>;

/** `GET /v1/models`, newest first. */
export const versionList = z.strictObject({
  versions: z.array(versionView),
  current: z.int().nullable(),
  previous: z.int().nullable(),
  challenger: z.int().nullable(),
});
export type VersionList = z.infer<typeof versionList>;

const changeOf = <Value extends z.ZodType>(value: Value) => z.strictObject({ from: value, to: value });

/** What is different when one version answers in place of another. */
export const versionDiff = z.strictObject({
  windowsLearned: changeOf(z.int()),
  parent: changeOf(z.int().nullable()),
  classifier: changeOf(z.string()),
  featureSchema: changeOf(z.string()),
  classes: z
    .strictObject({ added: z.array(z.string()).readonly(), removed: z.array(z.string()).readonly() })
    .describe('activities that only the new one knows, and that only the old one knew'),
  metrics: z
    .strictObject({
      accuracy: changeOf(z.number()),
      kappa: changeOf(z.number()),
      macroF1: changeOf(z.number()),
    })
    .describe('scores of each when it was made'),
});
export type VersionDiff = Readonly<z.infer<typeof versionDiff>>;

/** A record of `windows`: the first that a change holds for. */
export const logPoint = z.strictObject({ topic: z.literal('windows'), offset: z.int() });
export type LogPoint = Readonly<z.infer<typeof logPoint>>;

/** `POST /v1/models/:v/rollback` and `…/promote`. */
export const rollbackAnswer = z.strictObject({
  from: z.int(),
  to: z.int(),
  effectiveAt: logPoint.nullable().describe('null for a dry run'),
  learning: z.enum(['continue', 'frozen']),
  diff: versionDiff,
});
export type RollbackAnswer = Readonly<z.infer<typeof rollbackAnswer>>;

/** `PATCH /v1/models/learning`. */
export const learningAnswer = z.strictObject({ enabled: z.boolean(), effectiveAt: logPoint });
export type LearningAnswer = Readonly<z.infer<typeof learningAnswer>>;
