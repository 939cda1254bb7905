import {
  CorruptLogError,
  partitionKey,
  type InputRange,
  type LogReader,
  type LogRecord,
  type NewRecord,
} from '../log/log.js';
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

  constructor(
    readonly emit: Outputs['emit'],
    readonly discard: Outputs['discard'],
  ) {}

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

/**
 * A record without a value was erased: it is passed over.
 * @throws ProcessorError naming the record at which the processor threw.
 */
export function processRecords(
  runner: string,
  processor: Processor,
  topic: string,
  partition: number,
  records: readonly LogRecord[],
  outputs: Outputs,
): void {
  for (const record of records) {
    if (record.value.length === 0) continue;
    try {
      processor.process(topic, partition, record, outputs);
    } catch (error) {
      throw new ProcessorError(runner, topic, partition, record.offset, error);
    }
  }
}

/** @throws ProcessorError naming the last record of the step. */
export function endStep(
  runner: string,
  processor: Processor,
  inputs: readonly InputRange[],
  outputs: Outputs,
): void {
  try {
    processor.endStep?.(outputs);
  } catch (error) {
    const last = inputs[inputs.length - 1];
    throw new ProcessorError(runner, last?.topic ?? '', last?.partition ?? 0, (last?.to ?? 0) - 1, error);
  }
}

/**
 * Executes steps of a journal again, in their order: the same records in the same order. Live traffic makes steps of a
 * record or two, so what is read beyond one is kept for the next.
 */
export class JournalSteps {
  private readonly ahead = new Map<string, readonly LogRecord[]>();

  constructor(
    private readonly runner: string,
    private readonly processor: Processor,
    private readonly log: LogReader,
    private readonly outputs: Outputs,
  ) {}

  /**
   * @returns the bytes of the records' values.
   * @throws LostInputError, ProcessorError
   */
  async execute(inputs: readonly InputRange[]): Promise<number> {
    // A step that only stored the state.
    if (inputs.length === 0) return 0;
    let bytes = 0;
    for (const { topic, partition, from, to } of inputs) {
      for (let next = from; next < to;) {
        const records = await this.take(topic, partition, next, to);
        processRecords(this.runner, this.processor, topic, partition, records, this.outputs);
        for (const { value } of records) bytes += value.length;
        next += records.length;
      }
    }
    endStep(this.runner, this.processor, inputs, this.outputs);
    return bytes;
  }

  /** At least the first record of a range, and no more than the range. */
  private async take(
    topic: string,
    partition: number,
    from: number,
    to: number,
  ): Promise<readonly LogRecord[]> {
    const key = partitionKey(topic, partition);
    let held: readonly LogRecord[] = this.ahead.get(key) ?? [];
    let first = from - (held[0]?.offset ?? from);
    if (first < 0 || first >= held.length) {
      held = await this.readAhead(topic, partition, from);
      if (held.length === 0) throw new LostInputError(topic, partition, from);
      this.ahead.set(key, held);
      first = 0;
    }
    return held.slice(first, first + to - from);
  }

  /** Behind these records may stand damaged ones, which no step has taken. */
  private async readAhead(topic: string, partition: number, from: number): Promise<readonly LogRecord[]> {
    try {
      return await this.log.read(topic, partition, from, READ_BYTES);
    } catch (error) {
      if (!(error instanceof CorruptLogError) || error.offset === from) throw error;
      return this.log.read(topic, partition, from, 1);
    }
  }
}

const READ_BYTES = 1 << 20;
