import { TOPICS } from '@hark/contracts';
import type { Log } from '@hark/streaming';
import type { KafkaLog } from '@hark/streaming/adapters';

/** How far the windowing of one partition is, wherever it is done. */
export interface PartitionLag {
  readonly partition: number;
  /** Where the process that works it is reached; null where nobody has yet. */
  readonly address: string | null;
  /** In the partition's `samples`. */
  readonly position: number;
  readonly end: number;
}

/** Of every partition, from the journals of their writers. */
export async function partitionLags(log: KafkaLog): Promise<PartitionLag[]> {
  const partitions = Array.from({ length: log.partitions }, (_, i) => i);
  return Promise.all(
    partitions.map(async (partition) => {
      const holder = await log.holder('ingest', partition);
      const position = holder?.positionOf('windower', TOPICS.samples, partition) ?? 0;
      const end = Math.max(position, await log.end(TOPICS.samples, partition));
      return { partition, address: holder?.address ?? null, position, end };
    }),
  );
}

/** All partitions as one, in the form of a runner's status: samples count as taken when everybody can read their windows. */
export async function windowerStatus(log: KafkaLog, sequenced: Log) {
  const partitions = await partitionLags(log);
  const sum = (of: (lag: PartitionLag) => number) => partitions.reduce((total, lag) => total + of(lag), 0);
  let windows = 0;
  for (const { partition } of partitions) windows += await log.end(TOPICS.windows, partition);
  const isInOrder = (await sequenced.end(TOPICS.windows, 0)) >= windows;
  const end = sum((lag) => lag.end);
  const position = Math.min(
    sum((lag) => lag.position),
    isInOrder ? end : Math.max(0, end - 1),
  );
  return { lagRecords: end - position, inputs: [{ topic: TOPICS.samples, position, end }], partitions };
}
