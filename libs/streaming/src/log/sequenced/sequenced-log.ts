import { LogView } from '../log-view.js';
import type { Log, LogRecord, LogWriter } from '../log.js';
import { decodeSequence, endOf, sequenceTopic, type SequenceRecord } from './sequence-record.js';

/** Records of a sequence held decoded, for each topic. */
const HELD = 4096;
/** A range of fewer records is read frame by frame: what follows it in its partition comes later in the sequence. */
const MANY = 256;

/** A runner that an app has once for each partition, each taking from its own. */
export interface PartitionedRunner {
  readonly app: string;
  readonly runner: string;
  readonly partitions: number;
  /** Next offset that the runner of a partition takes from it. */
  readonly position: (topic: string, partition: number) => Promise<number>;
}

/**
 * A log of which some topics have several partitions, for readers that know one: those topics are read as if they had
 * a single partition, in the order that the {@link Sequencer} has written, with offsets 0, 1, 2 … of that order. All
 * other topics, and everything that is written, pass through to partition 0 and the first writer of each app.
 */
export class SequencedLog extends LogView<Log> implements Log {
  private readonly sequences = new Map<string, Sequence>();

  constructor(
    log: Log,
    topics: readonly string[],
    private readonly runners: readonly PartitionedRunner[] = [],
  ) {
    super(log);
    for (const topic of topics) this.sequences.set(topic, new Sequence(log, topic));
  }

  get epoch(): string {
    return this.log.epoch;
  }

  override async read(
    topic: string,
    partition: number,
    from: number,
    maxBytes: number,
  ): Promise<readonly LogRecord[]> {
    const sequence = this.sequences.get(topic);
    if (sequence === undefined) return super.read(topic, partition, from, maxBytes);
    return partition === 0 ? sequence.read(from, maxBytes) : [];
  }

  override lookUp(topic: string, partition: number, offset: number): LogRecord | null {
    const sequence = this.sequences.get(topic);
    if (sequence === undefined) return super.lookUp(topic, partition, offset);
    return partition === 0 ? sequence.lookUp(offset) : null;
  }

  override async end(topic: string, partition: number): Promise<number> {
    const sequence = this.sequences.get(topic);
    if (sequence === undefined) return super.end(topic, partition);
    return partition === 0 ? sequence.end() : 0;
  }

  override async earliest(topic: string, partition: number): Promise<number> {
    return this.sequences.has(topic) ? 0 : super.earliest(topic, partition);
  }

  /**
   * How far a runner of several partitions has come in a topic: its end less what waits in any of them. Null where the
   * runner is one, and its journal tells.
   */
  async position(app: string, runner: string, topic: string): Promise<number | null> {
    const found = this.runners.find((each) => each.app === app && each.runner === runner);
    if (found === undefined) return null;
    let waiting = 0;
    for (let partition = 0; partition < found.partitions; partition++) {
      const position = await found.position(topic, partition);
      waiting += Math.max(0, (await this.log.end(topic, partition)) - position);
    }
    return Math.max(0, (await this.end(topic, 0)) - waiting);
  }

  /** The topic of which everything has to have been heard to read all of a topic: where it is put in order, that order. */
  orderOf(topic: string): string {
    return this.sequences.has(topic) ? sequenceTopic(topic) : topic;
  }

  writer(app: string): Promise<LogWriter> {
    return this.log.writer(app);
  }

  close(): Promise<void> {
    return this.log.close();
  }
}

/** Where a record of a sequence stands, and how many of its range follow it, itself included. */
interface Found {
  readonly partition: number;
  readonly offset: number;
  readonly left: number;
}

/** One topic in its order. */
class Sequence {
  private readonly topic: string;
  private readonly held = new Map<number, SequenceRecord>();
  /** Number of a record that covered what was read last, or the one after it: reading mostly goes on. */
  private hint = 0;

  constructor(
    private readonly log: Log,
    private readonly raw: string,
  ) {
    this.topic = sequenceTopic(raw);
  }

  async end(): Promise<number> {
    const count = await this.log.end(this.topic, 0);
    const last = count === 0 ? null : await this.fetch(count - 1);
    return last === null ? 0 : endOf(last);
  }

  async read(from: number, maxBytes: number): Promise<readonly LogRecord[]> {
    const records: LogRecord[] = [];
    let bytes = 0;
    for (let next = from; records.length === 0 || bytes < maxBytes;) {
      const found = await this.find(next);
      if (found === null) break;
      const room = found.left < MANY ? 1 : maxBytes - bytes;
      const read = await this.log.read(this.raw, found.partition, found.offset, room);
      // It stands, for the sequence names it; this process has not heard of it yet.
      if (read.length === 0 && records.length > 0) break;
      if (read.length === 0) {
        await this.arrival(found);
        continue;
      }
      for (const record of read.slice(0, found.left)) {
        records.push({ ...record, offset: next++ });
        bytes += record.value.length;
      }
    }
    return records;
  }

  lookUp(place: number): LogRecord | null {
    const at = this.locate(place, (number) => this.lookUpSequence(number));
    const found = at === null ? null : within(at, place);
    if (found === null) return null;
    const record = this.log.lookUp(this.raw, found.partition, found.offset);
    return record && { ...record, offset: place };
  }

  /** Waits until a record that stands can be read here. */
  private async arrival({ partition, offset }: Found): Promise<void> {
    const given = new AbortController();
    const changed = this.log.changed(given.signal);
    if ((await this.log.read(this.raw, partition, offset, 1)).length === 0) await changed;
    given.abort();
  }

  private async find(place: number): Promise<Found | null> {
    const near = (await this.fetch(this.hint)) ?? null;
    if (near !== null && near.first <= place) {
      for (let number = this.hint, record: SequenceRecord | null = near; number < this.hint + 3;) {
        const found = within(record, place);
        if (found !== null) {
          this.hint = number;
          return found;
        }
        record = await this.fetch(++number);
        if (record === null) return null;
      }
    }
    let low = 0;
    for (let high = await this.log.end(this.topic, 0); low < high;) {
      const middle = (low + high) >>> 1;
      const record = (await this.fetch(middle))!;
      if (endOf(record) <= place) low = middle + 1;
      else high = middle;
    }
    const record = await this.fetch(low);
    if (record === null) return null;
    this.hint = low;
    return within(record, place);
  }

  private async fetch(number: number): Promise<SequenceRecord | null> {
    const held = this.held.get(number);
    if (held !== undefined) return held;
    const records = await this.log.read(this.topic, 0, number, 1 << 14);
    for (const { offset, value } of records) this.hold(offset, decodeSequence(value));
    return this.held.get(number) ?? null;
  }

  private lookUpSequence(number: number): SequenceRecord | null {
    const held = this.held.get(number);
    if (held !== undefined) return held;
    const record = this.log.lookUp(this.topic, 0, number);
    return record && this.hold(number, decodeSequence(record.value));
  }

  /** The record of the sequence that covers a place, by doubling and bisection; `null` where none does yet. */
  private locate(place: number, at: (number: number) => SequenceRecord | null): SequenceRecord | null {
    let low = 0;
    let high = 1;
    for (;;) {
      const record = at(high - 1);
      if (record === null) break;
      if (endOf(record) > place) break;
      low = high;
      high *= 2;
    }
    // Between them: the first that ends behind the place, or none.
    while (low < high) {
      const middle = (low + high) >>> 1;
      const record = at(middle);
      if (record === null || endOf(record) > place) high = middle;
      else low = middle + 1;
    }
    return at(low);
  }

  private hold(number: number, record: SequenceRecord): SequenceRecord {
    this.held.set(number, record);
    for (const oldest of this.held.keys()) {
      if (this.held.size <= HELD) break;
      this.held.delete(oldest);
    }
    return record;
  }
}

function within({ first, ranges }: SequenceRecord, place: number): Found | null {
  let start = first;
  if (place < start) return null;
  for (const [partition, from, to] of ranges) {
    const behind = start + to - from;
    if (place < behind) return { partition, offset: from + place - start, left: behind - place };
    start = behind;
  }
  return null;
}
