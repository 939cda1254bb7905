import type { LogRecord } from '../log/log.js';
import type { Outputs, Processor } from './processor.js';

/** A processor and the topics that it reads. */
export interface PipelineStage {
  readonly processor: Processor;
  readonly inputs: readonly string[];
}

export interface PipelineOptions {
  readonly stages: readonly PipelineStage[];
  /** Called with every record emitted, in the order of emission, before any stage reads it. */
  readonly onRecord?: (topic: string, record: LogRecord) => void;
  readonly onArtifact?: (name: string, bytes: Uint8Array) => void;
  readonly onDiscard?: (name: string) => void;
}

/**
 * Processors chained in memory, without a log: what a stage emits to a topic is read by the stages that have it as
 * input. Each topic has one partition. A stage sees the records of a topic in the order, and with the offsets, that
 * the service would store; a record pushed has gone through all stages when `push` returns. Each record is a step.
 */
export class Pipeline {
  private readonly ends = new Map<string, number>();

  constructor(private readonly options: PipelineOptions) {}

  push(topic: string, key: string, value: Uint8Array): void {
    this.deliver(topic, this.numbered(topic, key, value));
  }

  /** Pushes every value of the source, with an empty key. */
  async run(topic: string, source: AsyncIterable<Uint8Array>): Promise<void> {
    for await (const value of source) this.push(topic, '', value);
  }

  private deliver(topic: string, record: LogRecord): void {
    for (const { processor, inputs } of this.options.stages) {
      if (!inputs.includes(topic)) continue;
      // A stage is done with a record before the next stage begins with what it emitted.
      const emitted: { readonly topic: string; readonly record: LogRecord }[] = [];
      const outputs: Outputs = {
        suppressed: false,
        emit: (to, key, value) => emitted.push({ topic: to, record: this.numbered(to, key, value) }),
        artifact: (name, bytes) => this.options.onArtifact?.(name, bytes),
        discard: (name) => this.options.onDiscard?.(name),
      };
      processor.process(topic, 0, record, outputs);
      processor.endStep?.(outputs);
      for (const output of emitted) this.options.onRecord?.(output.topic, output.record);
      for (const output of emitted) this.deliver(output.topic, output.record);
    }
  }

  private numbered(topic: string, key: string, value: Uint8Array): LogRecord {
    const offset = this.ends.get(topic) ?? 0;
    this.ends.set(topic, offset + 1);
    return { key, value, offset, timestamp: 0 };
  }
}
