import type { Log } from '@hark/streaming';
import type { KafkaLog } from '@hark/streaming/adapters';

/** A runner that an app has once for each partition, wherever each is worked. */
export interface RunnerOfPartitions {
  readonly app: string;
  readonly runner: string;
  /** Each takes its partition of this topic … */
  readonly input: string;
  /** … and writes the same of this one, which others read as one. */
  readonly output: string;
}

/** How far the runner of one partition is, wherever it is. */
export interface PartitionLag {
  readonly partition: number;
  /** Where the process that works it is reached; null where nobody has yet. */
  readonly address: string | null;
  /** In the partition's input. */
  readonly position: number;
  readonly end: number;
}

/** Of every partition, from the journals of their writers. */
export async function partitionLags(
  log: KafkaLog,
  { app, runner, input }: RunnerOfPartitions,
): Promise<PartitionLag[]> {
  const partitions = Array.from({ length: log.partitions }, (_, i) => i);
  return Promise.all(
    partitions.map(async (partition) => {
      const holder = await log.holder(app, partition);
      const position = holder?.positionOf(runner, input, partition) ?? 0;
      const end = Math.max(position, await log.end(input, partition));
      return { partition, address: holder?.address ?? null, position, end };
    }),
  );
}

/**
 * The runners of all partitions as one, in the form of a runner's status: records of the input count as taken when
 * everybody can read what came of them.
 */
export async function sharedRunnerStatus(log: KafkaLog, sequenced: Log, runner: RunnerOfPartitions) {
  const partitions = await partitionLags(log, runner);
  const sum = (of: (lag: PartitionLag) => number) => partitions.reduce((total, lag) => total + of(lag), 0);
  let written = 0;
  for (const { partition } of partitions) written += await log.end(runner.output, partition);
  const isInOrder = (await sequenced.end(runner.output, 0)) >= written;
  const end = sum((lag) => lag.end);
  const position = Math.min(
    sum((lag) => lag.position),
    isInOrder ? end : Math.max(0, end - 1),
  );
  return { lagRecords: end - position, inputs: [{ topic: runner.input, position, end }], partitions };
}
