import type { ReportCreated, SourceSpec } from '@hark/contracts';
import type { LogWriter, RunnerOptions } from '@hark/streaming';
import { TopicReader } from '@hark/streaming/adapters';
import { rateRows, recordedRows, type SourceRows } from '@hark/streaming/queries';
import { join } from 'node:path';
import type { ReportKafka } from '../kafka/report-kafka.js';
import { TriggerClock } from '../trigger-clock.js';
import { FilesSource, type FilesState } from './files-source.js';
import { KafkaRowsSource, type KafkaState } from './kafka-rows-source.js';
import { RateSource, type RateState } from './rate-source.js';
import { RecordedSource } from './recorded-source.js';

/** A source whose rows are not in the log until they are recorded there. */
export type OutsideSpec = Exclude<SourceSpec, string>;

/** The rows of a source as they stand in `report-sources`. */
export function outsideRows(from: OutsideSpec): SourceRows {
  if ('rate' in from) return rateRows;
  return recordedRows('files' in from ? from.files.columns : from.kafka.columns);
}

/** The key of the records of an input of a report. */
export function recordedKey(report: Pick<ReportCreated, 'id'>, input: number): string {
  return `${report.id}/${input}`;
}

/** The report that a key is of. */
export function reportOfKey(key: string): string {
  return key.slice(0, key.lastIndexOf('/'));
}

export interface OutsideSourcesOptions {
  /** Where the folders are that reports may read. */
  readonly filesFolder: string;
  /** The cluster whose topics reports may read; null = none. */
  readonly kafka: ReportKafka | null;
  readonly writer: LogWriter;
  /** Wall clock, milliseconds. */
  readonly now: () => number;
  readonly sleep: RunnerOptions['sleep'];
}

/** Opens the sources that reports read from outside the log. */
export class OutsideSources {
  private reader: TopicReader | null = null;

  constructor(private readonly options: OutsideSourcesOptions) {}

  /** @param inputs of the report's plan: those from outside are opened, where they stand in the log. */
  async open(created: ReportCreated, inputs: readonly SourceSpec[]): Promise<RecordedSource[]> {
    const { writer, sleep } = this.options;
    const opened: RecordedSource[] = [];
    for (const [input, from] of inputs.entries()) {
      if (typeof from === 'string') continue;
      const make = (state: object | null) => this.source(from, created, state);
      opened.push(await RecordedSource.open(recordedKey(created, input), make, writer, sleep));
    }
    return opened;
  }

  async close(): Promise<void> {
    await this.reader?.close();
  }

  private source(from: OutsideSpec, { spec }: ReportCreated, state: object | null) {
    const { now, filesFolder } = this.options;
    const { isSingle } = new TriggerClock(spec.trigger ?? null);
    if ('rate' in from) return new RateSource(from.rate, now, state as RateState | null);
    if ('kafka' in from) {
      const reader = this.topics();
      return new KafkaRowsSource(from.kafka, { reader, now, isSingle }, state as KafkaState | null);
    }
    const { path, maxFilesPerTrigger = Infinity } = from.files;
    // What is there when its only trigger begins is all taken by it.
    const maxFiles = isSingle ? Infinity : maxFilesPerTrigger;
    const folder = join(filesFolder, path);
    return new FilesSource(from.files, { folder, maxFiles, now }, state as FilesState | null);
  }

  /** One for all: what it asks is answered at once. */
  private topics(): TopicReader {
    const { kafka } = this.options;
    if (kafka === null) throw new Error('a plan that reads Kafka without a cluster');
    return (this.reader ??= new TopicReader(kafka.options));
  }
}
