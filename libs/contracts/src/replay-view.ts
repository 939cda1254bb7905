import { z } from 'zod';

/** Event time for each unit of wall time. */
export const replaySpeed = z.union([z.number().positive(), z.literal('max')]);
export type ReplaySpeed = z.infer<typeof replaySpeed>;

/** How the final predictions of a replay came out, of a session by the gateway or of a file by the command line. */
const figures = {
  predictions: z.int().describe('final predictions of this pass'),
  labelled: z.int().describe('of these, with a label'),
  unanswered: z.int().describe('of the labelled, without any probabilities'),
  accuracy: z
    .number()
    .nullable()
    .describe('share of the labelled and answered whose most probable activity is the label; null of none'),
  digest: z.string().describe('SHA-256 over the final predictions in their order, hex'),
};

/** A replay, as `GET /v1/replays/:id` shows it. */
export const replayView = z.strictObject({
  id: z.string(),
  session: z.string(),
  model: z.int().describe('the version that answers'),
  status: z.enum(['playing', 'paused', 'ended', 'failed']),
  reason: z.enum(['played_out', 'stopped', 'no_predictions', 'failed']).nullable().describe('why it is over'),
  pending: z
    .enum(['seek', 'step', 'resume'])
    .nullable()
    .describe('what a command, or a restart of the gateway, is still bringing about'),
  speed: replaySpeed,
  learn: z.boolean(),
  timeMode: z.enum(['preserve', 'shift']),
  loop: z.boolean(),
  passes: z.int().describe('times played to the end'),
  position: z.string().nullable().describe('event time reached, ISO 8601; null before the first row'),
  effectiveSpeed: z
    .number()
    .nullable()
    .describe('event time played for each unit of wall time; below speed where that cannot be met'),
  ...figures,
  channel: z.string().describe('where its predictions are'),
  error: z.string().nullable(),
});
export type ReplayView = Readonly<z.infer<typeof replayView>>;
export type ReplayStatus = ReplayView['status'];
/** Why a replay is over; `no_predictions`: a loop whose pass came to none would only spin. */
export type ReplayEnd = NonNullable<ReplayView['reason']>;

/** `GET /v1/replays`, newest first. */
export const replayList = z.strictObject({ replays: z.array(replayView) });
export type ReplayList = z.infer<typeof replayList>;

/** One version's part of a comparison. */
export const comparedVersion = z.strictObject({ model: z.int(), ...figures });
export type ComparedVersion = Readonly<z.infer<typeof comparedVersion>>;

/** Versions side by side, over one session: `POST /v1/replays/compare`. */
export const comparison = z.strictObject({
  session: z.string(),
  results: z.array(comparedVersion).readonly().describe('in the order asked for'),
  different: z.int().describe('windows on which not all say the same activity'),
  differences: z
    .array(
      z.strictObject({
        id: z.string(),
        label: z.string().nullable(),
        activities: z.array(z.string()).readonly().describe('in the order of results'),
      }),
    )
    .readonly()
    .describe('the first 100 of them'),
});
export type Comparison = Readonly<z.infer<typeof comparison>>;
