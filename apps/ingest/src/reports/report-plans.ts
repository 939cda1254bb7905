import { TOPICS, type ReportSpec } from '@hark/contracts';
import { PartitionColumnError, partitioned } from '@hark/streaming/files';
import {
  QuerySpecError,
  compileQuery,
  durationMs,
  predictionsRows,
  samplesRows,
  sourceKey,
  windowsRows,
  type QueryPlan,
  type SourceRows,
  type StaticTable,
} from '@hark/streaming/queries';
import type { NamedTopic, ReportKafka } from './kafka/report-kafka.js';
import { outsideRows } from './sources/outside-sources.js';

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
 * @param kafka the cluster that reports may use; null = none.
 * @throws QuerySpecError naming the field and the rule.
 */
export function planReport(
  spec: ReportSpec,
  statics: Readonly<Record<string, StaticTable>>,
  kafka: ReportKafka | null,
): ReportPlan {
  const { trigger = null, sink } = spec;
  const described = describedSources(spec, kafka);
  const named = Object.fromEntries(Object.entries(SOURCES).map(([key, { rows }]) => [key, rows]));
  const sources = { ...named, ...described };
  const query = compileQuery(spec, { sources, statics });
  if (trigger !== null && 'processingTime' in trigger)
    durationMs(trigger.processingTime, 'trigger.processingTime');
  if (sink?.type === 'kafka') checkKafka(sink, kafka, 'sink');
  checkSink(sink, query);
  return {
    query,
    topics: query.inputs.map(({ key }) => SOURCES[key]?.topic ?? TOPICS.reportSources),
    sources: query.inputs.map(({ key }) => sources[key]),
  };
}

/** The sources that a spec describes instead of naming them. */
function describedSources(
  { from, join, sink }: ReportSpec,
  kafka: ReportKafka | null,
): Record<string, SourceRows> {
  const described: Record<string, SourceRows> = {};
  const joined = join !== undefined && 'stream' in join ? join.stream.from : undefined;
  for (const [field, source] of [
    ['from', from],
    ['join.stream.from', joined],
  ] as const) {
    if (source === undefined || typeof source === 'string') continue;
    if ('kafka' in source) {
      checkKafka(source.kafka, kafka, `${field}.kafka`);
      if (sink?.type === 'kafka' && sink.topic === source.kafka.topic)
        throw new QuerySpecError('sink.topic', 'own_source', 'it would read what it has written, for ever');
    }
    described[sourceKey(source)] = outsideRows(source);
  }
  return described;
}

function checkKafka(named: NamedTopic, kafka: ReportKafka | null, field: string): void {
  if (kafka !== null) return kafka.check(named, field);
  throw new QuerySpecError(
    field,
    'no_kafka',
    'the service knows no Kafka: its operator names brokers in HARK_REPORTS_KAFKA_BROKERS, or take another',
  );
}

function checkSink(sink: ReportSpec['sink'], { outputMode, schema }: QueryPlan): void {
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
