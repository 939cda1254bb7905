import { SENSORS, rowErrorSchema, schemaOf } from '@hark/contracts';
import { z } from 'zod';
import type { ProducerStatus } from '../front-door/front-door.js';
import type { SamplesAnswer } from '../front-door/sample-intake.js';

const id = z.string().min(1).max(128);
const nanoseconds = z
  .union([z.int().min(0), z.string().regex(/^\d{1,18}$/)])
  .describe('nanoseconds, as a number or a string; exact either way');
const milliseconds = z.union([z.number(), z.string()]);

/**
 * What `POST /v1/samples` takes as JSON, as far as a schema says it; the parsers are the judges.
 *
 * @param activities that rows may carry; null = any.
 */
export function jsonSamples(activities: readonly string[] | null) {
  const label = labelOf(activities);
  const row = z.looseObject({
    User: id,
    Device: id,
    Model: id.optional(),
    Sensor: z.enum(SENSORS).optional().describe('here or in ?sensor='),
    Creation_Time: nanoseconds,
    Arrival_Time: milliseconds.optional().describe('since 1970; the time of receipt where it is absent'),
    x: z.number().describe('m/s² with gravity, rad/s'),
    y: z.number(),
    z: z.number(),
    gt: label.optional(),
  });
  return z.union([row, z.array(row), columnarSamples(activities)]);
}

/**
 * Samples of one sensor as columns of one length.
 *
 * @param activities that rows may carry; null = any.
 */
export function columnarSamples(activities: readonly string[] | null) {
  const label = labelOf(activities);
  return z.looseObject({
    user: id,
    device: id,
    model: id.optional(),
    sensor: z.enum(SENSORS).optional().describe('here or in ?sensor='),
    creationTime: z.array(nanoseconds),
    arrivalTime: z.array(milliseconds).optional(),
    x: z.array(z.number()),
    y: z.array(z.number()),
    z: z.array(z.number()),
    gt: z.union([label, z.array(label)]).optional(),
  });
}

function labelOf(activities: readonly string[] | null) {
  const known = activities === null ? z.string().regex(/^[a-z0-9_-]{1,32}$/) : z.enum(activities);
  return known.nullable().describe('the true activity; null = unlabelled');
}

export const samplesQuery = z.object({
  sensor: z.enum(SENSORS).optional().describe('of rows that name none'),
  columns: z.string().optional().describe('names of the columns of a CSV without a header, by commas'),
});

export const samplesHeaders = z.object({
  'Hark-Producer': id
    .optional()
    .describe("the client's name for this recording, where it numbers its batches"),
  'Hark-Sequence': z
    .string()
    .regex(/^[1-9]\d{0,8}$/)
    .optional()
    .describe('1, 2, 3 …'),
  'Hark-End': z.enum(['0', '1']).optional().describe('1: nothing comes after this batch'),
});

export const samplesAnswer = schemaOf<SamplesAnswer>()(
  z.strictObject({
    accepted: z.int().describe('rows stored'),
    rejected: z.int().describe('rows refused'),
    errors: z.array(rowErrorSchema).describe('the first 20'),
    duplicate: z.literal(true).optional().describe('the batch had been taken before'),
  }),
);

export const producerStatus = schemaOf<ProducerStatus>()(
  z.strictObject({
    producer: z.string(),
    sequence: z.int().describe('the last batch taken; 0 before the first'),
    finished: z.boolean(),
  }),
);
