import { TOPICS, type ReportSpec } from '@hark/contracts';
import { PartitionColumnError, partitioned } from '@hark/streaming/files';
import {
  QuerySpecError,
  compileQuery,
  durationMs,
  predictionsRows,
  samplesRows,
  windowsRows,
  type QueryPlan,
  type SourceRows,
  type StaticTable,
} from '@hark/streaming/queries';

/** A query that this service can run. */
export interface ReportPlan {
  readonly query: QueryPlan;
  /** The topic and the decoder of each input of the query. */
  readonly topics: readonly string[];
  readonly sources: readonly SourceRows[];
}

const SOURCES: Readonly<Record<string, { readonly topic: string; readonly rows: SourceRows }>> = {
  samples: { topic: TOPICS.samples, rows: samplesRows },
  windows: { topic: TOPICS.windows, rows: windowsRows },
  predictions: { topic: TOPICS.predictions, rows: predictionsRows },
};

/**
 * @param statics the tables that queries may be joined with.
 * @throws QuerySpecError naming the field and the rule.
 */
export function planReport(spec: ReportSpec, statics: Readonly<Record<string, StaticTable>>): ReportPlan {
  const { trigger = null, sink } = spec;
  checkSource(spec);
  const sources = Object.fromEntries(Object.entries(SOURCES).map(([key, { rows }]) => [key, rows]));
  const query = compileQuery(spec, { sources, statics });
  if (trigger !== null && 'processingTime' in trigger)
    durationMs(trigger.processingTime, 'trigger.processingTime');
  checkSink(sink, query);
  const inputs = query.inputs.map(({ key }) => SOURCES[key]);
  return { query, topics: inputs.map(({ topic }) => topic), sources: inputs.map(({ rows }) => rows) };
}

/** What comes from elsewhere goes through the front door first, so that it stands in the log. */
function checkSource({ from, join }: ReportSpec): void {
  const joined = join !== undefined && 'stream' in join ? join.stream.from : 'samples';
  const field = typeof from === 'string' ? 'join.stream.from' : 'from';
  if (typeof from === 'string' && typeof joined === 'string') return;
  throw new QuerySpecError(
    field,
    'source_not_in_log',
    'reports read samples, windows and predictions; files come into samples by HARK_WATCH_DIR, a Kafka topic by ' +
      'HARK_KAFKA_SOURCE_TOPIC, and rows for trying by `hark simulate`',
  );
}

function checkSink(sink: ReportSpec['sink'], { outputMode, schema }: QueryPlan): void {
  if (sink?.type === 'kafka') {
    throw new QuerySpecError(
      'sink.type',
      'no_kafka',
      'the Kafka sink is not there yet: take webhook, file or parquet',
    );
  }
  if (sink?.type !== 'file' && sink?.type !== 'parquet') return;
  if (outputMode !== 'append') {
    throw new QuerySpecError(
      'outputMode',
      'files_need_append',
      `files hold what does not change any more: the ${sink.type} sink takes append, not ${outputMode}`,
    );
  }
  try {
    partitioned(
      schema.map((column) => ({ ...column, key: false })),
      [],
      sink.partitionBy ?? [],
    );
  } catch (error) {
    if (!(error instanceof PartitionColumnError)) throw error;
    throw new QuerySpecError('sink.partitionBy', 'unknown_column', error.message);
  }
}
