import type { KafkaSource as KafkaSpec } from '@hark/contracts';
import { LogAwayError } from '@hark/streaming';
import type { TopicExtent, TopicReader } from '@hark/streaming/adapters';
import { encodeRecordedRows, jsonRow } from '@hark/streaming/queries';
import type { OutsidePiece, OutsideSource } from './outside-source.js';

const PIECE_BYTES = 1 << 20;
const LOOK_EVERY_MS = 500;

export interface KafkaState {
  /** Offset of the next message, by partition. */
  readonly next: Readonly<Record<string, number>>;
}

export interface KafkaRowsOptions {
  readonly reader: Pick<TopicReader, 'extent' | 'read'>;
  /** Wall clock, milliseconds. */
  readonly now: () => number;
  /** Whether a trigger that could not take all is to fail: there is no other. */
  readonly isSingle: boolean;
}

/** JSON rows of somebody else's topic, each partition in its order, from the first message on. */
export class KafkaRowsSource implements OutsideSource {
  private readonly offsets: Map<number, number>;
  /** What the topic holds, as it was looked up for the next trigger. */
  private found: readonly TopicExtent[] | null = null;
  private looking = false;
  private lookedMs = -Infinity;
  private refusal: unknown = null;
  waitsFor: string | null = null;
  /** What the trigger is still to take. */
  private rest: TopicExtent[] = [];

  /** @param state null = nothing was read. */
  constructor(
    private readonly spec: KafkaSpec['kafka'],
    private readonly options: KafkaRowsOptions,
    state: KafkaState | null,
  ) {
    const stored = Object.entries(state?.next ?? {});
    this.offsets = new Map(stored.map(([partition, offset]) => [Number(partition), offset]));
  }

  /** Whether a trigger may begin. Kafka is asked in the background: while it is away nobody else waits for it. */
  get isReady(): boolean {
    const nowMs = this.options.now();
    if (
      this.found === null &&
      this.refusal === null &&
      !this.looking &&
      nowMs >= this.lookedMs + LOOK_EVERY_MS
    ) {
      this.looking = true;
      this.lookedMs = nowMs;
      void this.look();
    }
    return this.found !== null || this.refusal !== null;
  }

  /** @throws KafkaRefusalError */
  begin(): Promise<void> {
    if (this.refusal !== null) return Promise.reject(this.refusal as Error);
    this.rest = (this.found ?? []).filter(({ partition, from, to }) => this.nextOf(partition, from) < to);
    this.found = null;
    return Promise.resolve();
  }

  /** @throws KafkaRefusalError, and LogAwayError of a report whose only trigger this is. */
  async next(): Promise<OutsidePiece | null> {
    const { columns } = this.spec;
    for (let [extent] = this.rest; extent !== undefined; [extent] = this.rest) {
      const values = await this.read(extent);
      if (values === null) return null;
      if (values.length === 0) continue;
      const rows = values.flatMap((value) => (value === null ? [] : [jsonRow(value, columns)]));
      const state: KafkaState = { next: Object.fromEntries(this.offsets) };
      return { value: encodeRecordedRows(rows), state };
    }
    return null;
  }

  /** @returns the next values of a partition; null where Kafka has gone away: the next trigger takes them. */
  private async read({ partition, from, to }: TopicExtent): Promise<readonly (string | null)[] | null> {
    const { reader, isSingle } = this.options;
    const at = this.nextOf(partition, from);
    try {
      const { values, next } = await reader.read(this.spec.topic, partition, at, PIECE_BYTES);
      this.offsets.set(partition, next);
      if (next >= to || next === at) this.rest.shift();
      return values;
    } catch (error) {
      if (isSingle || !(error instanceof LogAwayError)) throw error;
      this.rest = [];
      return null;
    }
  }

  /** Messages that are not kept any more are passed over. */
  private nextOf(partition: number, from: number): number {
    return Math.max(from, this.offsets.get(partition) ?? 0);
  }

  private async look(): Promise<void> {
    try {
      this.found = await this.options.reader.extent(this.spec.topic);
      this.waitsFor = null;
    } catch (error) {
      if (!(error instanceof LogAwayError)) this.refusal = error;
      else this.waitsFor ??= `The topic ${this.spec.topic} can not be read: ${error.message}`;
    } finally {
      this.looking = false;
    }
  }
}
