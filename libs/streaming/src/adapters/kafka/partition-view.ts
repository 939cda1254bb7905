import { setTimeout as sleep } from 'node:timers/promises';
import type { LogRecord } from '../../log/log.js';
import type { CachedFrame, FrameCache } from './frame-cache.js';
import { openFrame, recordsOf, type KafkaFrame } from './frame-message.js';
import type { Fetched, KafkaConnection } from './kafka-connection.js';
import { OffsetIndex } from './offset-index.js';

const FETCH_BYTES = 1 << 20;
/** What the tail may bring of a partition that nobody reads before it leaves it alone. */
const UNREAD_BYTES = 4 << 20;

/**
 * After a commit of this process its tail leaves the partition alone for this long: nobody else writes there, and what
 * was committed is here already.
 */
const OWN_MS = 1000;

/** So many readers go through a partition without being searched for again. */
const READERS = 32;

/** Where a reader that has seen everything stands. */
interface TailPosition {
  readonly kafkaOffset: number;
  /** Offset of the next record. */
  readonly offset: number;
}

/** Calls Kafka until it answers. */
export type Persist = <T>(work: () => Promise<T>) => Promise<T>;

/**
 * One partition as its readers see it: frames in memory, where in Kafka the others are, and, once somebody has read
 * up to the end, a tail that brings what is committed from then on.
 */
export class PartitionView {
  /** In the order of their offsets. */
  private readonly frames: CachedFrame[] = [];
  private readonly index = new OffsetIndex();
  /** Where readers that go through the partition left off: Kafka's offset by that of the next record. */
  private readonly resume = new Map<number, number>();
  private tail: TailPosition | null = null;
  private unread = 0;
  /** When this process committed here last. */
  private committedMs = -Infinity;
  /**
   * Behind the last record that is known to stand, for this process has committed it or said that the partition ends
   * there: readers see it, whatever the tail has brought and the broker shows them yet.
   */
  private standing = 0;
  private known = { stable: -1, end: 0 };

  constructor(
    readonly topic: string,
    readonly partition: number,
    /** The topic's name in Kafka. */
    readonly kafkaTopic: string,
    private readonly connection: KafkaConnection,
    private readonly cache: FrameCache,
    private readonly persist: Persist,
    private readonly tailed: () => void,
  ) {}

  /** See `LogReader.read`. */
  async read(from: number, maxBytes: number): Promise<LogRecord[]> {
    const records: LogRecord[] = [];
    let bytes = 0;
    for (let next = from; records.length === 0 || bytes < maxBytes;) {
      const cached = this.find(next);
      if (cached !== null) {
        this.cache.touch(cached);
        bytes += recordsOf(cached.frame, next, records);
        next = cached.frame.end;
      } else if (this.isEnd(next) || !(await this.fetchFrom(next))) {
        break;
      }
    }
    return records;
  }

  /** The record at this offset when it is in memory; `undefined` when only Kafka knows. */
  lookUp(offset: number): LogRecord | null | undefined {
    const cached = this.find(offset);
    if (cached === null) return this.isEnd(offset) ? null : undefined;
    const records: LogRecord[] = [];
    recordsOf(cached.frame, offset, records);
    return records[0];
  }

  async end(): Promise<number> {
    const end = this.tail?.offset ?? (await this.persist(() => this.lastEnd())).end;
    return (this.standing = Math.max(this.standing, end));
  }

  /** Where the tail goes on; null = nobody waits at the end of this partition. */
  get tailOffset(): number | null {
    return this.tail?.kafkaOffset ?? null;
  }

  /** Whether all that is new comes from this process for now, by {@link committed}. */
  get isOwn(): boolean {
    return performance.now() - this.committedMs < OWN_MS;
  }

  /** Takes what the tail has brought. @returns whether there were records among it. */
  arrived(fetched: Fetched): boolean {
    if (this.tail === null || fetched.next <= this.tail.kafkaOffset) return false;
    let { offset } = this.tail;
    for (const message of fetched.messages) {
      const frame = openFrame(this.topic, this.partition, message);
      if (frame.end <= offset) continue;
      this.hold(frame);
      offset = frame.end;
      this.unread += frame.payload.length;
    }
    const news = offset > this.tail.offset;
    this.tail = { kafkaOffset: fetched.next, offset };
    if (this.unread > UNREAD_BYTES) this.tail = null;
    return news;
  }

  /** Takes what this process has just committed. */
  committed(frames: readonly KafkaFrame[]): void {
    const { end } = frames[frames.length - 1];
    this.standing = Math.max(this.standing, end);
    if (this.tail === null || frames[0].first > this.tail.offset) return;
    for (const frame of frames) {
      if (frame.end <= this.tail.offset) continue;
      // Whether they stand had to be found out: the tail brings them, with their places.
      if (Number.isNaN(frame.kafkaOffset)) return;
      this.hold(frame);
      this.tail = { kafkaOffset: Math.max(frame.kafkaOffset + 1, this.tail.kafkaOffset), offset: frame.end };
    }
    this.committedMs = performance.now();
  }

  /** Takes a frame that somebody else has fetched. */
  hold(frame: KafkaFrame): void {
    const at = this.place(frame.first);
    if (this.frames[at - 1]?.frame.first === frame.first) return;
    const cached: CachedFrame = { frame, drop: () => this.drop(frame.first) };
    this.frames.splice(at, 0, cached);
    this.index.add(frame.first, frame.kafkaOffset);
    this.cache.add(cached);
  }

  /**
   * Where the partition ends.
   * @throws LogAwayError
   */
  async lastEnd(): Promise<{ end: number; stable: number }> {
    const { topic, partition, kafkaTopic } = this;
    const stable = await this.connection.stableEnd(kafkaTopic, partition);
    if (stable === this.known.stable) return this.known;
    let end: number | null = stable === 0 ? 0 : null;
    // The last messages may be markers and what was taken back: look further and further behind the end.
    for (let back = 4; end === null; back *= 4) {
      const from = Math.max(0, stable - back);
      for (let at = from; at < stable;) {
        const place = { topic: kafkaTopic, partition, kafkaOffset: at };
        const [{ messages, next }] = await this.connection.fetch([place], FETCH_BYTES, 0);
        if (next === at) break;
        const last = messages.at(-1);
        if (last !== undefined) end = openFrame(topic, partition, last).end;
        at = next;
      }
      if (from === 0) end ??= 0;
    }
    return (this.known = { stable, end });
  }

  private isEnd(offset: number): boolean {
    if (this.tail === null || offset < this.tail.offset || offset < this.standing) return false;
    this.unread = 0;
    return true;
  }

  /** Brings the frame that holds this record, and what comes with it. False when there is none (yet). */
  private async fetchFrom(offset: number): Promise<boolean> {
    for (;;) {
      const found = await this.persist(() => this.fetchOnce(offset));
      if (found || offset >= this.standing) return found;
      // The broker is just about to show it.
      await sleep(1);
    }
  }

  private async fetchOnce(offset: number): Promise<boolean> {
    const { kafkaTopic: topic, partition } = this;
    let at =
      this.resume.get(offset) ?? (await this.index.locate(offset, (kafkaOffset) => this.probe(kafkaOffset)));
    this.resume.delete(offset);
    for (;;) {
      const [fetched] = await this.connection.fetch([{ topic, partition, kafkaOffset: at }], FETCH_BYTES, 0);
      const frames = fetched.messages.map((message) => openFrame(this.topic, partition, message));
      for (const frame of frames) if (frame.end > offset) this.hold(frame);
      const last = frames.at(-1);
      if (last !== undefined) {
        this.index.add(last.first, last.kafkaOffset);
        if (last.end > offset) {
          this.goesOn(last.end, fetched.next);
          return true;
        }
      }
      const atEnd = fetched.next === at || fetched.next >= fetched.stable;
      if (atEnd && (await this.stand(fetched.next, last?.end))) return false;
      at = fetched.next;
    }
  }

  /** A reader will come back for what follows. */
  private goesOn(offset: number, kafkaOffset: number): void {
    this.resume.set(offset, kafkaOffset);
    for (const oldest of this.resume.keys()) {
      if (this.resume.size <= READERS) break;
      this.resume.delete(oldest);
    }
  }

  /** A reader has come to the end: from here on the tail brings what follows. False when there is more by now. */
  private async stand(kafkaOffset: number, lastEnd: number | undefined): Promise<boolean> {
    const offset = lastEnd ?? (await this.lastEnd()).end;
    if (lastEnd === undefined && this.known.stable > kafkaOffset) return false;
    if (this.tail === null || this.tail.offset <= offset) this.tail = { kafkaOffset, offset };
    this.unread = 0;
    this.tailed();
    return true;
  }

  /** Frames from the one with the record `from` up to the one with the record `to`, and what comes along. */
  async framesAround(to: number, from: number): Promise<KafkaFrame[]> {
    const { kafkaTopic: topic, partition } = this;
    const frames: KafkaFrame[] = [];
    let at = await this.index.locate(from, (kafkaOffset) => this.probe(kafkaOffset));
    for (;;) {
      const [fetched] = await this.connection.fetch([{ topic, partition, kafkaOffset: at }], FETCH_BYTES, 0);
      for (const message of fetched.messages) {
        const frame = openFrame(this.topic, partition, message);
        this.index.add(frame.first, frame.kafkaOffset);
        if (frame.end > from) frames.push(frame);
      }
      if (fetched.next === at || (frames.at(-1)?.end ?? 0) > to) return frames;
      at = fetched.next;
    }
  }

  /** The first frame at or behind a place; null when nothing stands there. */
  private async probe(
    kafkaOffset: number,
  ): Promise<{ first: number; kafkaOffset: number; stable: number } | null> {
    const { kafkaTopic: topic, partition } = this;
    const [fetched] = await this.connection.fetch([{ topic, partition, kafkaOffset }], 1, 0);
    const [message] = fetched.messages;
    if (message === undefined) {
      if (fetched.next === kafkaOffset) return null;
      return this.probe(fetched.next);
    }
    const { first } = openFrame(this.topic, partition, message);
    return { first, kafkaOffset: Number(message.offset), stable: fetched.stable };
  }

  private find(offset: number): CachedFrame | null {
    const cached = this.frames[this.place(offset) - 1];
    return cached !== undefined && cached.frame.end > offset ? cached : null;
  }

  /** How many frames begin at or before this offset. */
  private place(offset: number): number {
    let low = 0;
    for (let high = this.frames.length; low < high;) {
      const middle = (low + high) >>> 1;
      if (this.frames[middle].frame.first <= offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private drop(first: number): void {
    this.frames.splice(this.place(first) - 1, 1);
  }
}
