import { z } from 'zod';
import { COLUMN_TYPES, type QuerySpec, type ReportSpec } from './report-spec.js';
import { schemaOf } from './schema-agreement.js';

const names = z.array(z.string()).min(1);
const duration = z.string().describe('e.g. 5 seconds, 2.56 seconds, 30 minutes');
const columns = z.array(z.strictObject({ name: z.string(), type: z.enum(COLUMN_TYPES) })).min(1);
/** No way up, none to the root. */
const FOLDER = /^[A-Za-z0-9][A-Za-z0-9._-]*(?:\/[A-Za-z0-9][A-Za-z0-9._-]*)*$/;

const source = z.union([
  z.enum(['samples', 'windows', 'predictions']),
  z.strictObject({
    rate: z.strictObject({
      rowsPerSecond: z.number().positive().max(1_000_000),
      numPartitions: z.int().positive().optional().describe('without effect'),
    }),
  }),
  z.strictObject({
    files: z.strictObject({
      path: z.string().regex(FOLDER).describe('folder under HARK_REPORTS_FILES_DIR'),
      format: z
        .enum(['csv', 'json', 'jsonl', 'parquet'])
        .describe('csv has a header line; json and jsonl are an object a line'),
      columns,
      maxFilesPerTrigger: z.int().positive().optional(),
    }),
  }),
  z.strictObject({
    kafka: z.strictObject({ topic: z.string(), brokers: z.array(z.string()).optional(), columns }),
  }),
]);

const literal = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const where = z.union([
  z.string().describe('an expression'),
  z.array(
    z.union([
      z.string(),
      z.strictObject({
        column: z.string(),
        op: z.string().describe('=, !=, <, <=, >, >=, like, not like, in, not in, is null or is not null'),
        value: z.union([literal, z.array(literal)]).optional(),
      }),
    ]),
  ),
]);
const withWatermark = z.strictObject({ column: z.string(), delay: duration });
const joinType = z.enum(['inner', 'left']).optional();

const query = z.strictObject({
  from: source,
  withWatermark: withWatermark.optional(),
  where: where.optional(),
  dropDuplicates: names.optional(),
  join: z
    .union([
      z.strictObject({ static: z.string(), on: names, type: joinType }),
      z.strictObject({
        stream: z.strictObject({
          from: source,
          where: where.optional(),
          withWatermark: withWatermark.optional(),
          as: z.string(),
        }),
        on: names,
        within: z.strictObject({ before: duration, after: duration }),
        type: joinType,
      }),
    ])
    .optional(),
  select: z.array(z.union([z.string(), z.strictObject({ expr: z.string(), as: z.string() })])).optional(),
  groupBy: z
    .strictObject({
      window: z
        .union([
          z.strictObject({ size: duration, slide: duration.optional(), offset: duration.optional() }),
          z.strictObject({ session: duration }),
        ])
        .optional(),
      columns: z.array(z.string()).optional(),
      cube: z.array(z.string()).optional(),
      rollup: z.array(z.string()).optional(),
    })
    .optional(),
  aggregate: z
    .array(
      z.strictObject({
        fn: z
          .string()
          .describe('count, sum, avg, min, max, stddev, approx_count_distinct or approx_quantile'),
        column: z.string().optional(),
        expr: z.string().optional(),
        as: z.string().optional(),
        q: z.number().optional(),
      }),
    )
    .optional(),
  having: where.optional(),
  orderBy: z.array(z.strictObject({ column: z.string(), descending: z.boolean().optional() })).optional(),
  limit: z.int().positive().optional(),
  outputMode: z.enum(['append', 'update', 'complete']).optional(),
});

/** {@link QuerySpec} */
export const querySpecSchema = schemaOf<QuerySpec>()(query);

const trigger = z.union([
  z.strictObject({ processingTime: duration }),
  z.strictObject({ once: z.literal(true) }),
  z.strictObject({ availableNow: z.literal(true) }),
  z.strictObject({ continuous: duration }),
  z.null(),
]);

const files = {
  path: z
    .string()
    .regex(FOLDER)
    .optional()
    .describe('folder under reports/ of the data folder; default the name of the report'),
  partitionBy: z
    .array(z.string())
    .optional()
    .describe('columns; day = the UTC date of the first timestamp, where there is no column of that name'),
};

const sink = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('memory'), maxRows: z.int().positive().optional() }),
  z.strictObject({ type: z.literal('console') }),
  z.strictObject({ type: z.literal('file'), ...files }),
  z.strictObject({ type: z.literal('parquet'), ...files }),
  z.strictObject({
    type: z.literal('kafka'),
    topic: z.string(),
    brokers: z.array(z.string()).optional(),
  }),
  z.strictObject({ type: z.literal('webhook'), url: z.url() }),
]);

/** {@link ReportSpec} */
export const reportSpecSchema = schemaOf<ReportSpec>()(
  query.extend({
    name: z.string().regex(/^[a-z0-9_-]{1,64}$/),
    trigger: trigger.optional().describe('null or absent = as fast as possible'),
    sink: sink.optional(),
  }),
);
