import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CorruptStateError,
  LogAwayError,
  LogClosedError,
  partitionKey,
  type InputRange,
  type Log,
  type LogRecord,
  type RunnerState,
  type StoredDamage,
} from '../../log/log.js';
import { HARK_TOPIC_OWNERS, NotOwnerError, ownerOf, type TopicOwners } from '../../log/topic-owners.js';
import { Availability } from './availability.js';
import { FrameCache } from './frame-cache.js';
import { JournalReader } from './journal-reader.js';
import { KafkaConnection } from './kafka-connection.js';
import { KafkaRefusalError } from './kafka-errors.js';
import type { KafkaOptions } from './kafka-options.js';
import { KafkaWriter } from './kafka-writer.js';
import { readOrMakeIdentity, type LogIdentity } from './log-identity.js';
import { LookUpThread } from './look-up-thread.js';
import { PartitionView } from './partition-view.js';
import { Tail } from './tail.js';
import { checkPartitions, makeTopics, plannedTopics } from './topic-plan.js';

const RETRY_MS = 50;
const LONGEST_RETRY_MS = 1000;
const STATE_TRIES = 3;
const HEAR_MS = 5;

export interface KafkaLogOptions extends KafkaOptions {
  /** How many partitions each topic has; absent = as many as the log has that exists, or one. */
  readonly partitions?: number;
  /** Whether several learners share the partitions; absent = as the log has it that exists, or one. */
  readonly learners?: LogIdentity['learners'];
  readonly owners?: TopicOwners;
  /** Apps of which several processes share a single partition; with several partitions all apps may. */
  readonly grouped?: readonly string[];
  /** Topics whose records other programs are to read: each is a message of `open-<topic>` too, in the same transaction. */
  readonly opened?: readonly string[];
  /** Identity of a log that is made now, if it is the copy of another; one that exists keeps its own. */
  readonly epoch?: string;
  /** Wall clock in milliseconds, for the timestamps of records. */
  readonly now?: () => number;
  /** Told once when Kafka has gone away, with the reason, and once when it is back, with null. */
  readonly onAvailability?: (away: string | null) => void;
  /** Called of each stored state that is damaged and made up for. */
  readonly onDamage?: (damage: StoredDamage) => void;
}

/** Who writes a partition. */
export interface WriterHolder {
  /** Told apart from every other opening of the writer; known to nobody who can't read the journal. */
  readonly owner: string;
  readonly address: string | null;
  /** Next offset that a runner of it takes from a partition. */
  positionOf(runner: string, topic: string, partition: number): number;
}

/**
 * The log in Kafka. A message holds a frame, a commit is a transaction, the writer of an app is a transactional id
 * ([ADR 8](../../../../../docs/adr/0008-dense-offsets-on-kafka.md)).
 *
 * While Kafka is away reads wait, and commits are refused with `LogAwayError`. Values of records read are views of
 * the frame that they were committed in (up to 1 MiB): copy one to keep it.
 */
export class KafkaLog implements Log {
  private readonly owners: TopicOwners;
  private readonly cache: FrameCache;
  private readonly views = new Map<string, PartitionView>();
  private readonly journals = new Map<string, JournalReader>();
  private readonly writers = new Set<KafkaWriter>();
  private readonly connections: KafkaConnection[] = [];
  private readonly reading: KafkaConnection;
  private readonly availability: Availability;
  private readonly tail: Tail;
  private readonly lookUps: LookUpThread;
  private identity: LogIdentity = { epoch: '', partitions: 0, learners: 'one' };
  private closing: Promise<void> | null = null;

  private constructor(private readonly options: KafkaLogOptions) {
    this.owners = options.owners ?? HARK_TOPIC_OWNERS;
    this.cache = new FrameCache(options.cacheBytes);
    this.availability = new Availability(options.onAvailability);
    this.reading = this.connect();
    this.tail = new Tail(() => this.connect(), this.availability);
    this.lookUps = new LookUpThread(options);
  }

  /**
   * Opens the log, made where it is absent; waits while Kafka is away.
   * @throws KafkaRefusalError
   */
  static async open(options: KafkaLogOptions): Promise<KafkaLog> {
    const log = new KafkaLog(options);
    try {
      await log.persist(() => log.prepare());
      return log;
    } catch (error) {
      await log.close();
      throw error;
    }
  }

  get epoch(): string {
    return this.identity.epoch;
  }

  /** How many partitions each topic of records has. */
  get partitions(): number {
    return this.identity.partitions;
  }

  /** Why nothing can be read or written for now; null = all is well. */
  get away(): string | null {
    return this.availability.away;
  }

  async read(
    topic: string,
    partition: number,
    from: number,
    maxBytes: number,
  ): Promise<readonly LogRecord[]> {
    return (await this.view(topic, partition)?.read(from, maxBytes)) ?? [];
  }

  lookUp(topic: string, partition: number, offset: number): LogRecord | null {
    const view = this.view(topic, partition);
    if (view === null) return null;
    const found = view.lookUp(offset);
    if (found !== undefined) return found;
    for (const frame of this.lookUps.frames(topic, partition, offset)) view.hold(frame);
    return view.lookUp(offset) ?? null;
  }

  async end(topic: string, partition: number): Promise<number> {
    return (await this.view(topic, partition)?.end()) ?? 0;
  }

  /** Nothing is ever removed from Hark's topics in Kafka (their `retention.ms` is −1). */
  earliest(): Promise<number> {
    return Promise.resolve(0);
  }

  firstStep(): Promise<number> {
    return Promise.resolve(0);
  }

  async steps(
    app: string,
    runner: string,
    from: number,
    limit: number,
    shard = 0,
  ): Promise<readonly (readonly InputRange[])[]> {
    if (this.owners[app] === undefined) return [];
    return this.persist(() => this.journal(app, shard).steps(runner, from, limit));
  }

  /**
   * Where a runner stands, as its writer would say it; for whoever does not write.
   * @throws CorruptStateError
   */
  async runnerState(app: string, runner: string, shard = 0): Promise<RunnerState> {
    for (let tries = 1; ; tries++) {
      try {
        const state = await this.persist(() => this.journal(app, shard).runnerState(runner));
        // The writer may have stored another meanwhile, and the broker have removed the one that was looked for.
        if (state.isDamaged !== true || tries === STATE_TRIES) return state;
      } catch (error) {
        if (!(error instanceof CorruptStateError) || tries === STATE_TRIES) throw error;
      }
    }
  }

  changed(signal: AbortSignal): Promise<void> {
    return this.closing === null ? this.tail.changed(signal) : Promise.reject(new LogClosedError());
  }

  /**
   * @param shard which of the app's writers: each has a journal and states of its own, and fences its namesake alone.
   * @param address where this process is reached, for {@link holder}.
   */
  async writer(app: string, shard = 0, address?: string): Promise<KafkaWriter> {
    const topics = this.owners[app];
    if (topics === undefined) throw new NotOwnerError(app, '(any)');
    if (this.closing !== null) throw new LogClosedError();
    const { prefix, now = Date.now } = this.options;
    const writer = await KafkaWriter.open({
      app,
      topics,
      opened: this.options.opened ?? [],
      partitions: this.partitions,
      shard,
      prefix,
      ...(address !== undefined && { address }),
      connection: this.connect(),
      journal: this.journal(app, shard),
      availability: this.availability,
      persist: this.persist,
      now,
      onDamage: this.options.onDamage ?? (() => undefined),
      lastEnd: async (topic, partition) => (await this.existing(topic, partition).lastEnd()).end,
      committed: (topic, partition, frames) => {
        this.existing(topic, partition).committed(frames);
        this.tail.wake();
      },
    });
    this.writers.add(writer);
    return writer;
  }

  /** Whoever opened this writer of an app last; null when nobody has. It may be gone. */
  async holder(app: string, shard: number): Promise<WriterHolder | null> {
    const { message } = await this.persist(() => this.journal(app, shard).last());
    if (message === null) return null;
    const { owner, address = null, standings } = message;
    return {
      ...{ owner, address },
      positionOf: (runner, topic, partition) =>
        standings[runner]?.positions[partitionKey(topic, partition)] ?? 0,
    };
  }

  /**
   * Resolves when readers here see everything that stands in these topics at the time of the call: to others than its
   * writer a broker shows what was committed a moment later. Waits for transactions that are under way.
   */
  async hear(topics: readonly string[], partition = 0): Promise<void> {
    for (const topic of topics) {
      const view = this.existing(topic, partition);
      const written = await this.persist(() => this.reading.writtenEnd(view.kafkaTopic, partition));
      const decided = () => this.persist(() => this.reading.stableEnd(view.kafkaTopic, partition));
      while ((await decided()) < written) await this.moment();
      const { end } = await this.persist(() => view.lastEnd());
      while ((await view.end()) < end) await this.moment();
    }
  }

  /** Lets the commits that were called finish, then closes. */
  close(): Promise<void> {
    return (this.closing ??= this.closeAll());
  }

  private async moment(): Promise<void> {
    if (this.closing !== null) throw new LogClosedError();
    await sleep(HEAR_MS);
  }

  private async closeAll(): Promise<void> {
    for (const writer of this.writers) await writer.close();
    await this.tail.close();
    for (const connection of this.connections) await connection.close();
    await this.lookUps.close();
  }

  private async prepare(): Promise<void> {
    const { prefix, replication, partitions = 1, learners = 'one' } = this.options;
    const one = (count: number) =>
      plannedTopics(this.owners, count, this.options.opened, this.options.grouped);
    await makeTopics(this.reading, prefix, one(partitions).slice(0, 1), replication);
    this.identity = await readOrMakeIdentity(this.connect(), this.reading, prefix, {
      epoch: this.options.epoch ?? randomUUID(),
      partitions,
      learners,
    });
    const found = this.identity.partitions;
    if (found !== (this.options.partitions ?? found))
      throw new KafkaRefusalError(
        `the log ${prefix} was made with ${found} partitions, and that can't change: ` +
          `set HARK_KAFKA_PARTITIONS=${found}, or take another HARK_KAFKA_PREFIX`,
      );
    if (this.identity.learners !== (this.options.learners ?? this.identity.learners))
      throw new KafkaRefusalError(
        `the log ${prefix} was made for ${this.identity.learners === 'one' ? 'one learner' : 'several learners'}, ` +
          `and that can't change: set HARK_KAFKA_LEARNERS=${this.identity.learners}, or take another HARK_KAFKA_PREFIX`,
      );
    const planned = one(this.identity.partitions);
    await makeTopics(this.reading, prefix, planned, replication);
    await checkPartitions(this.reading, prefix, planned);
  }

  private connect(): KafkaConnection {
    const connection = new KafkaConnection(this.options);
    this.connections.push(connection);
    return connection;
  }

  private journal(app: string, shard: number): JournalReader {
    const key = `${app}/${shard}`;
    let journal = this.journals.get(key);
    if (journal === undefined) {
      journal = new JournalReader(this.options.prefix, app, shard, this.reading);
      this.journals.set(key, journal);
    }
    return journal;
  }

  /** Null where nobody writes such a topic, or this log has no such partition. */
  private view(topic: string, partition: number): PartitionView | null {
    if (this.closing !== null) throw new LogClosedError();
    if (ownerOf(this.owners, topic) === null || partition >= this.identity.partitions) return null;
    return this.existing(topic, partition);
  }

  private existing(topic: string, partition: number): PartitionView {
    const key = partitionKey(topic, partition);
    let view = this.views.get(key);
    if (view === undefined) {
      const tailed = () => this.tail.watch(view!);
      const { cache, reading, persist } = this;
      view = new PartitionView(
        topic,
        partition,
        this.options.prefix + topic,
        reading,
        cache,
        persist,
        tailed,
      );
      this.views.set(key, view);
    }
    return view;
  }

  /** Calls Kafka until it answers. @throws LogClosedError, and whatever is not Kafka being away. */
  private readonly persist = async <T>(work: () => Promise<T>): Promise<T> => {
    for (let pause = RETRY_MS; ; pause = Math.min(2 * pause, LONGEST_RETRY_MS)) {
      try {
        const result = await work();
        this.availability.found();
        return result;
      } catch (error) {
        if (this.closing !== null) throw new LogClosedError();
        if (!(error instanceof LogAwayError)) throw error;
        this.availability.lost(error);
        await sleep(pause);
      }
    }
  };
}
