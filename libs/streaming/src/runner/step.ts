import type { InputRange, LogReader, LogRecord, NewRecord } from '../log/log.js';
import type { Outputs, Processor } from './processor.js';

/** A processor threw while it took this record. Its state is not to be used any more. */
export class ProcessorError extends Error {
  readonly code = 'processor';
  constructor(
    readonly runner: string,
    readonly topic: string,
    readonly partition: number,
    readonly offset: number,
    cause: unknown,
  ) {
    super(
      `${runner} failed at record ${offset} of ${topic}/${partition}: ${(cause as Error)?.message ?? cause}`,
      {
        cause,
      },
    );
  }
}

/** A step of the journal took records that the log does not hold (any more). */
export class LostInputError extends Error {
  readonly code = 'lost_input';
  constructor(
    readonly topic: string,
    readonly partition: number,
    readonly offset: number,
  ) {
    super(
      `record ${offset} of ${topic}/${partition} is gone, and a step that took it is to be executed again`,
    );
  }
}

/** Drops everything but what is to be discarded: for steps whose outputs stand already. */
export class SuppressedOutputs implements Outputs {
  readonly suppressed = true;

  constructor(readonly discard: Outputs['discard']) {}

  emit(): void {}

  artifact(): void {}
}

/** Collects what a step emits, by topic, in the order of emission. */
export class CollectedOutputs implements Outputs {
  readonly suppressed = false;
  readonly records = new Map<string, NewRecord[]>();
  count = 0;

  constructor(
    readonly artifact: Outputs['artifact'],
    readonly discard: Outputs['discard'],
  ) {}

  emit(topic: string, key: string, value: Uint8Array): void {
    const records = this.records.get(topic);
    if (records === undefined) this.records.set(topic, [{ key, value }]);
    else records.push({ key, value });
    this.count++;
  }
}

/** @throws ProcessorError naming the record at which the processor threw. */
export function processRecords(
  runner: string,
  processor: Processor,
  topic: string,
  partition: number,
  records: readonly LogRecord[],
  outputs: Outputs,
): void {
  for (const record of records) {
    try {
      processor.process(topic, partition, record, outputs);
    } catch (error) {
      throw new ProcessorError(runner, topic, partition, record.offset, error);
    }
  }
}

/**
 * Executes a step of the journal again: the same records in the same order.
 * @returns the bytes of the records' values.
 * @throws LostInputError, ProcessorError
 */
export async function executeStep(
  runner: string,
  processor: Processor,
  log: LogReader,
  inputs: readonly InputRange[],
  outputs: Outputs,
): Promise<number> {
  let bytes = 0;
  for (const { topic, partition, from, to } of inputs) {
    for (let next = from; next < to;) {
      const read = await log.read(topic, partition, next, READ_BYTES);
      const records = read.length > to - next ? read.slice(0, to - next) : read;
      if (records.length === 0) throw new LostInputError(topic, partition, next);
      processRecords(runner, processor, topic, partition, records, outputs);
      for (const { value } of records) bytes += value.length;
      next += records.length;
    }
  }
  return bytes;
}

const READ_BYTES = 1 << 20;
