import { z } from 'zod';
import type { ReportProgress } from './report-progress.js';
import type { ReportRecord } from './report-record.js';
import { COLUMN_TYPES } from './report-spec.js';
import { reportSpecSchema } from './report-spec-schema.js';
import type { ReportRows, ReportStatus, ReportTableMessage, ReportView } from './report-view.js';
import { schemaOf } from './schema-agreement.js';

const at = z.iso.datetime().describe('wall clock');
const state = z.enum(['running', 'stopped', 'finished', 'failed']);
const error = z.strictObject({ code: z.string(), message: z.string() });
const value = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const columns = z.array(
  z.strictObject({
    name: z.string(),
    type: z
      .enum(COLUMN_TYPES)
      .describe('timestamp: ISO 8601 to the nanosecond; long: digits as a string beyond 2^53'),
    key: z.boolean().describe('whether rows are grouped by it'),
  }),
);
const offsets = z.record(z.string(), z.record(z.string(), z.int()));
const rates = {
  numInputRows: z.int(),
  inputRowsPerSecond: z.number(),
  processedRowsPerSecond: z.number(),
};
const nanoseconds = z.string().describe('event time, ISO 8601 to the nanosecond').optional();

/** {@link ReportProgress} */
export const reportProgressSchema = schemaOf<ReportProgress>()(
  z.strictObject({
    id: z.string(),
    runId: z.string(),
    name: z.string(),
    timestamp: at,
    batchId: z.int(),
    batchDuration: z.number(),
    ...rates,
    durationMs: z.strictObject({
      triggerExecution: z.number(),
      getBatch: z.number(),
      addBatch: z.number(),
      commitOffsets: z.number(),
    }),
    eventTime: z.strictObject({
      min: nanoseconds,
      max: nanoseconds,
      avg: nanoseconds,
      watermark: nanoseconds,
    }),
    stateOperators: z.array(
      z.strictObject({
        operatorName: z.string(),
        numRowsTotal: z.number(),
        numRowsUpdated: z.number(),
        numRowsRemoved: z.number(),
        memoryUsedBytes: z.number(),
        numRowsDroppedByWatermark: z.number(),
      }),
    ),
    sources: z.array(
      z.strictObject({
        description: z.string(),
        startOffset: offsets,
        endOffset: offsets,
        latestOffset: offsets,
        ...rates,
      }),
    ),
    sink: z.strictObject({ description: z.string(), numOutputRows: z.int() }),
  }),
);

/** {@link ReportView} */
export const reportViewSchema = schemaOf<ReportView>()(
  z.strictObject({
    name: z.string(),
    id: z.string().describe('the same as long as the report exists'),
    spec: reportSpecSchema,
    builtIn: z.boolean(),
    state,
    error: error.nullable(),
    createdAt: at,
    since: at.describe('since when it is in this state'),
    batches: z.int(),
    inputRows: z.int(),
    rows: z.int().describe('in its table'),
  }),
);

/** `GET /v1/reports` */
export const reportListSchema = z.strictObject({ reports: z.array(reportViewSchema) });

/** {@link ReportRows} */
export const reportRowsSchema = schemaOf<ReportRows>()(
  z.strictObject({
    name: z.string(),
    state,
    batchId: z.int().describe('the micro-batch after which the table looked so; -1 before the first'),
    schema: columns,
    rows: z.array(z.record(z.string(), value)),
    omitted: z.int().describe('rows of the result that are kept no longer'),
    epoch: z.string(),
    offset: z.int().describe('where the channel report:<name> stands'),
    next: z.string().optional().describe('the cursor of the next page; absent at the end'),
  }),
);

/** {@link ReportStatus} */
export const reportStatusSchema = schemaOf<ReportStatus>()(
  z.strictObject({
    message: z.string(),
    isDataAvailable: z.boolean(),
    isTriggerActive: z.boolean(),
    state,
    error: error.nullable(),
  }),
);

/** `GET /v1/reports/:name/progress` */
export const reportProgressList = z.strictObject({
  progress: z.array(reportProgressSchema).describe('the last 100 micro-batches, the newest last'),
});

const report = z.string();
const command = z.int().nullable();
const rowLists = z.array(z.array(value)).describe('each as long as the schema');
const begins = {
  report,
  id: z.string(),
  runner: z.string(),
  spec: reportSpecSchema,
  statics: z.record(z.string(), z.string().nullable()),
  builtIn: z.boolean(),
  at,
  command,
};
const refusal = error.extend({
  status: z.union([z.literal(400), z.literal(404), z.literal(409)]),
  field: z.string().optional(),
  rule: z.string().optional(),
});

const table = z.strictObject({
  kind: z.literal('table'),
  report,
  state,
  batchId: z.int(),
  mode: z.enum(['append', 'update', 'complete']),
  schema: columns,
  rows: rowLists,
  omitted: z.int(),
  progress: reportProgressSchema.nullable(),
});

/** A message of the channel `report:<name>`: what is said of the report, or with `snapshot` its table first. */
export const reportMessageSchema = schemaOf<ReportRecord | ReportTableMessage>()(
  z.union([
    z.strictObject({ kind: z.enum(['created', 'replaced']), ...begins }),
    z.strictObject({ kind: z.literal('started'), report, at, command }),
    z.strictObject({
      kind: z.literal('stopped'),
      report,
      at,
      reason: z.enum(['asked', 'setting', 'finished']),
      command,
    }),
    z.strictObject({ kind: z.literal('failed'), report, at, error }),
    z.strictObject({ kind: z.literal('notice'), report, at, message: z.string().nullable() }),
    z.strictObject({ kind: z.literal('dropped'), report, at, command: z.int() }),
    z.strictObject({ kind: z.literal('refused'), report, at, command: z.int(), error: refusal }),
    z.strictObject({
      kind: z.literal('batch'),
      report,
      runId: z.string(),
      batchId: z.int(),
      mode: z.enum(['append', 'update', 'complete']),
      schema: columns,
      rows: rowLists,
      omitted: z.int().optional(),
    }),
    z.strictObject({ kind: z.literal('progress'), report, progress: reportProgressSchema }),
    table,
  ]),
);
