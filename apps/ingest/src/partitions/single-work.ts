import {
  FirstPartitionWork,
  Health,
  SEQUENCED_TOPICS,
  type PartitionWork,
  type ServiceContext,
} from '@hark/service';
import type { Log } from '@hark/streaming';
import type { KafkaLog, KafkaWriter } from '@hark/streaming/adapters';
import { IngestReports, type IngestReportsOptions } from '../reports/ingest-reports.js';

export interface SingleWorkOptions extends Omit<IngestReportsOptions, 'log' | 'writer'> {
  readonly log: KafkaLog;
  /** The same, its partitions read as one. */
  readonly sequenced: Log;
}

/** What a service of several partitions has once: the order of its records, and the reports. */
export function openSingleWork(
  writer: KafkaWriter,
  { log, sequenced, ...options }: SingleWorkOptions,
  context: ServiceContext,
): Promise<PartitionWork> {
  return FirstPartitionWork.open(
    {
      ...{ log, writer, topics: SEQUENCED_TOPICS.ingest },
      beside: async (metrics) => {
        const health = new Health();
        const reports = await IngestReports.open(
          { ...options, log: sequenced, writer },
          { ...context, metrics, health },
        );
        context.health.report('reports', async () => (await health.status())['reports']);
        return {
          run: () => reports.run(),
          stop: async () => {
            await reports.stop();
            context.health.report('reports', () => null);
          },
        };
      },
    },
    context,
  );
}
