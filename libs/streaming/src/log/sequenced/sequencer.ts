import { LogFullError, type Log, type LogWriter } from '../log.js';
import {
  decodeSequence,
  encodeSequence,
  endOf,
  sequenceTopic,
  type SequencedRange,
} from './sequence-record.js';

export interface SequencerOptions {
  readonly log: Pick<Log, 'read' | 'end' | 'changed'>;
  /** Of the app that owns the topics and those of their sequences. */
  readonly writer: Pick<LogWriter, 'commit'>;
  readonly topics: readonly string[];
  readonly partitions: number;
  /** As `RunnerOptions.sleep`. */
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

/** What has been put in order of one topic. */
interface Progress {
  readonly topic: string;
  end: number;
  next: number[];
}

/** Records of one partition that are put in order at once, about: no partition makes the others wait for more. */
const TURN_BYTES = 1 << 20;
const RETRY_MS = 100;

/**
 * Puts the records of all partitions of some topics in one order, by writing which came next into the topic of the
 * sequence. Whatever reads the topics as one, in any process and at any time, reads them in this order. There is one
 * sequencer at a time: whoever holds the writer.
 */
export class Sequencer {
  private progress: Progress[] = [];

  constructor(private readonly options: SequencerOptions) {}

  /** Goes on behind what stands. Before {@link step}. */
  async recover(): Promise<void> {
    this.progress = [];
    for (const topic of this.options.topics) this.progress.push(await this.last(topic));
  }

  /** Takes steps until the signal. @throws whatever the writer says but that there is no room for now. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const changed = this.options.log.changed(signal);
      if (!(await this.step(signal))) await changed;
    }
  }

  /**
   * Puts in order what has come, at most a turn's worth of each partition.
   * @returns whether anything had come.
   */
  async step(signal: AbortSignal): Promise<boolean> {
    const { log, partitions, writer, sleep } = this.options;
    const taken: Progress[] = [];
    const appends = [];
    for (const { topic, end, next } of this.progress) {
      const after = [...next];
      const ranges: SequencedRange[] = [];
      for (let partition = 0; partition < partitions; partition++) {
        const from = next[partition];
        const last = (await log.read(topic, partition, from, TURN_BYTES)).at(-1);
        if (last === undefined) continue;
        after[partition] = last.offset + 1;
        ranges.push([partition, from, last.offset + 1]);
      }
      if (ranges.length === 0) continue;
      const record = { first: end, ranges, next: after };
      appends.push({
        topic: sequenceTopic(topic),
        partition: 0,
        records: [{ key: '', value: encodeSequence(record) }],
      });
      taken.push({ topic, end: endOf(record), next: after });
    }
    if (appends.length === 0) return false;
    while (!signal.aborted) {
      try {
        await writer.commit({ appends });
        for (const each of taken)
          this.progress = this.progress.map((p) => (p.topic === each.topic ? each : p));
        return true;
      } catch (error) {
        if (!(error instanceof LogFullError)) throw error;
        await sleep(RETRY_MS, signal);
      }
    }
    return true;
  }

  /** Records that wait to be put in order, by partition: over all topics. */
  async lag(): Promise<number[]> {
    const lag = new Array<number>(this.options.partitions).fill(0);
    for (const { topic, next } of this.progress)
      for (const [partition, from] of next.entries())
        lag[partition] += Math.max(0, (await this.options.log.end(topic, partition)) - from);
    return lag;
  }

  private async last(topic: string): Promise<Progress> {
    const { log, partitions } = this.options;
    const sequence = sequenceTopic(topic);
    const count = await log.end(sequence, 0);
    if (count === 0) return { topic, end: 0, next: new Array<number>(partitions).fill(0) };
    const [last] = await log.read(sequence, 0, count - 1, 1);
    const record = decodeSequence(last.value);
    return { topic, end: endOf(record), next: [...record.next] };
  }
}
