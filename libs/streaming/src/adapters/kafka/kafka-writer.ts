import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import {
  FencedError,
  LogAwayError,
  LogClosedError,
  partitionKey,
  type Commit,
  type CommitResult,
  type LogRecord,
  type LogWriter,
  type RunnerState,
  type StoredDamage,
} from '../../log/log.js';
import { NotOwnerError } from '../../log/topic-owners.js';
import { HEADER_BYTES } from '../lmdb/checked-value.js';
import { decodeFrame, encodeFrames, type Frame } from '../lmdb/frame.js';
import type { Availability } from './availability.js';
import { encodeKey, sealFrame, type KafkaFrame } from './frame-message.js';
import {
  advanced,
  encodeJournal,
  NO_STANDING,
  type JournalMessage,
  type RunnerStanding,
  type StateReference,
} from './journal-message.js';
import type { JournalReader } from './journal-reader.js';
import type { KafkaConnection } from './kafka-connection.js';
import type { Persist } from './partition-view.js';
import type { OutgoingMessage } from './record-batch.js';
import { journalTopic, openTopic, stateTopic } from './topic-plan.js';
import { Transactions, type OutgoingPartition } from './transactions.js';

/** Commits are taken into one transaction up to this size. */
const MAX_GROUP_BYTES = 8 << 20;
/** A state is stored in pieces that every broker takes. */
const PIECE_BYTES = 512 << 10;
/** How long a transaction is tried while Kafka answers and yet refuses it: partitions find new leaders. */
const MOVE_MS = 10_000;
const RETRY_MS = 50;
const LONGEST_RETRY_MS = 1000;
const EXECUTED = 'every step is executed again from the first';

export interface KafkaWriterOptions {
  readonly app: string;
  /** The topics that the app owns. */
  readonly topics: readonly string[];
  /** Those of them that other programs read too. */
  readonly opened: readonly string[];
  /** How many partitions each of them has. */
  readonly partitions: number;
  /** Which of the app's writers this is: its journal's partition. */
  readonly shard: number;
  readonly prefix: string;
  readonly address?: string;
  readonly connection: KafkaConnection;
  readonly journal: JournalReader;
  readonly availability: Availability;
  readonly persist: Persist;
  readonly now: () => number;
  /** Where a partition ends that this writer alone appends to. */
  readonly lastEnd: (topic: string, partition: number) => Promise<number>;
  /** Called of a stored state that is damaged and made up for. */
  readonly onDamage: (damage: StoredDamage) => void;
  /** Called with the frames of a partition once they stand. */
  readonly committed: (topic: string, partition: number, frames: readonly KafkaFrame[]) => void;
}

/** A commit that has been called and not been answered, its records copied. */
interface Pending {
  readonly appends: readonly {
    readonly topic: string;
    readonly partition: number;
    readonly frames: readonly Frame[];
  }[];
  readonly step: Commit['step'];
  readonly snapshot: Uint8Array | undefined;
  readonly bytes: number;
  readonly resolve: (result: CommitResult) => void;
  readonly reject: (error: Error) => void;
}

/** Records of a group that go to one partition, with the offsets that they get. */
interface PlacedFrames {
  readonly topic: string;
  readonly partition: number;
  readonly first: number;
  readonly frames: { readonly first: number; readonly end: number; readonly value: Buffer }[];
}

/** What one transaction is to write. */
interface Placed {
  readonly results: readonly CommitResult[];
  readonly partitions: readonly PlacedFrames[];
  readonly standings: ReadonlyMap<string, RunnerStanding>;
}

/**
 * Group commit by Kafka transactions: records, journal and states of all commits that wait are one of them.
 *
 * When Kafka fails in the middle, whether the transaction stands is found out before anything else is written; a
 * commit that does not is refused with {@link LogAwayError}, and so is every other until Kafka is back.
 */
export class KafkaWriter implements LogWriter {
  /** Which opening of the writer this is. */
  readonly owner = randomUUID();
  private readonly transactions: Transactions;
  private readonly queue: Pending[] = [];
  private readonly ends = new Map<string, number>();
  private standings: ReadonlyMap<string, RunnerStanding> = new Map();
  /** Kafka's offset in the journal from which on whatever follows stands. */
  private journalEnd = 0;
  private writing: Promise<void> | null = null;
  /** Why no further commit is taken. */
  private stopped: Error | null = null;
  /** Why none is taken for now. */
  private away: LogAwayError | null = null;

  private constructor(private readonly options: KafkaWriterOptions) {
    const { prefix, app, shard, connection } = options;
    this.transactions = new Transactions(`${prefix}${app}-${shard}`, connection);
  }

  /** Takes the writer's place over from whoever holds it. */
  static async open(options: KafkaWriterOptions): Promise<KafkaWriter> {
    const writer = new KafkaWriter(options);
    await options.persist(async () => {
      await writer.transactions.begin();
      writer.stand(await options.journal.last());
      await writer.transactions.write([writer.journalOf([], writer.standings)]);
      await writer.transactions.end();
    });
    return writer;
  }

  commit(commit: Commit): Promise<CommitResult> {
    return new Promise((resolve, reject) => {
      if (this.stopped !== null) throw this.stopped;
      const pending = { ...this.encode(commit), resolve, reject };
      if (this.away !== null) throw this.away;
      this.queue.push(pending);
      this.writing ??= Promise.resolve().then(() => this.write());
    });
  }

  /** Kafka has acknowledged every commit that is resolved. */
  durable(): Promise<void> {
    return Promise.resolve();
  }

  async runnerState(runner: string): Promise<RunnerState> {
    await this.writing;
    const state = await this.options.persist(() => this.options.journal.runnerState(runner));
    if (state.isDamaged === true) this.options.onDamage({ what: `snapshot of ${runner}`, instead: EXECUTED });
    return state;
  }

  async close(): Promise<void> {
    this.stopped ??= new LogClosedError();
    await this.writing;
    await this.options.connection.close();
  }

  /** Copies what the caller may change afterwards. */
  private encode(commit: Commit): Omit<Pending, 'resolve' | 'reject'> {
    const { app, topics, partitions, now } = this.options;
    for (const { topic, partition } of commit.appends) {
      if (!topics.includes(topic)) throw new NotOwnerError(app, topic);
      if (partition >= partitions)
        throw new RangeError(`${topic} has ${partitions} partitions, no ${partition}`);
    }
    if (commit.snapshot !== undefined && commit.step === undefined)
      throw new TypeError('a snapshot belongs to a step');
    const timestamp = now();
    const appends = commit.appends.map(({ topic, partition, records }) => ({
      topic,
      partition,
      frames: encodeFrames(records, timestamp),
    }));
    let bytes = commit.snapshot?.length ?? 0;
    for (const { frames } of appends) for (const { value } of frames) bytes += value.bytes.length;
    // Not `slice`: a Buffer's is a view.
    const snapshot = commit.snapshot && new Uint8Array(commit.snapshot);
    return { appends, step: commit.step, snapshot, bytes };
  }

  private async write(): Promise<void> {
    let failingSince: number | null = null;
    while (this.queue.length > 0) {
      const group = this.nextGroup();
      let placed: Placed | null = null;
      try {
        placed = await this.place(group);
        this.show(placed, await this.transact(group, placed));
        failingSince = null;
      } catch (error) {
        failingSince ??= performance.now();
        const again = performance.now() - failingSince < MOVE_MS;
        const outcome = await this.recover(error as Error, placed, again);
        if (outcome === 'again') {
          await sleep(RETRY_MS);
          this.queue.unshift(...group);
          continue;
        }
        if (outcome !== 'stands') {
          for (const { reject } of [...group, ...this.queue.splice(0)]) reject(outcome);
          continue;
        }
        this.show(placed!, null);
      }
      const { results } = placed!;
      group.forEach(({ resolve }, i) => resolve(results[i]));
    }
    this.writing = null;
  }

  private nextGroup(): Pending[] {
    let bytes = 0;
    let count = 0;
    while (count < this.queue.length && (count === 0 || bytes + this.queue[count].bytes <= MAX_GROUP_BYTES))
      bytes += this.queue[count++].bytes;
    return this.queue.splice(0, count);
  }

  /** Gives the records of a group their offsets, and its steps their numbers. */
  private async place(group: readonly Pending[]): Promise<Placed> {
    const partitions = new Map<string, PlacedFrames>();
    const results: CommitResult[] = [];
    for (const { appends } of group) {
      const firstOffsets: number[] = [];
      for (const { topic, partition, frames } of appends) {
        const key = partitionKey(topic, partition);
        let end = this.ends.get(key) ?? (await this.options.lastEnd(topic, partition));
        firstOffsets.push(end);
        const placed = partitions.get(key) ?? { topic, partition, first: end, frames: [] };
        partitions.set(key, placed);
        for (const frame of frames) {
          const first = end;
          end += frame.count;
          placed.frames.push({ first, end, value: sealFrame(topic, partition, first, frame) });
        }
        this.ends.set(key, end);
      }
      results.push({ firstOffsets });
    }
    const standings = new Map(this.standings);
    for (const { step } of group)
      if (step !== undefined)
        standings.set(step.runner, advanced(standings.get(step.runner) ?? NO_STANDING, step.inputs));
    const filled = [...partitions.values()].filter(({ frames }) => frames.length > 0);
    return { results, partitions: filled, standings };
  }

  /** @returns Kafka's offsets of the first frame of each partition. */
  private async transact(group: readonly Pending[], placed: Placed): Promise<number[]> {
    const { prefix, opened } = this.options;
    const outgoing: OutgoingPartition[] = placed.partitions.map(({ topic, partition, frames }) => ({
      topic: prefix + topic,
      partition,
      messages: frames.map(({ first, value }) => ({ key: encodeKey(first), value })),
    }));
    for (const { topic, partition, frames } of placed.partitions)
      if (opened.includes(topic))
        outgoing.push({
          topic: prefix + openTopic(topic),
          partition,
          messages: frames.flatMap(plainMessages),
        });
    const steps = group.some(({ step }) => step !== undefined);
    if (group.some(({ snapshot }) => snapshot !== undefined))
      await this.transactions.announce([...outgoing, this.own(journalTopic), this.own(stateTopic)]);
    const standings = await this.storeStates(group, placed.standings);
    if (steps) outgoing.push(this.journalOf(this.stepsOf(group), standings));
    if (outgoing.length === 0) return [];
    const offsets = await this.transactions.write(outgoing);
    await this.transactions.end();
    this.standings = standings;
    if (steps) {
      this.journalEnd = offsets.pop()!;
      this.options.journal.wrote(this.journalEnd);
    }
    return offsets;
  }

  private stepsOf(group: readonly Pending[]): JournalMessage['steps'] {
    const taken = new Map<string, number>();
    return group.flatMap(({ step }) => {
      if (step === undefined) return [];
      const { runner, inputs } = step;
      const number = taken.get(runner) ?? this.standings.get(runner)?.steps ?? 0;
      taken.set(runner, number + 1);
      return [{ runner, step: number, inputs }];
    });
  }

  /** Writes the states of the group in pieces. @returns the standings that refer to them. */
  private async storeStates(
    group: readonly Pending[],
    standings: ReadonlyMap<string, RunnerStanding>,
  ): Promise<ReadonlyMap<string, RunnerStanding>> {
    const stored = new Map(standings);
    const taken = new Map(this.standings);
    for (const { step, snapshot } of group) {
      if (step === undefined) continue;
      const { runner } = step;
      const steps = (taken.get(runner)?.steps ?? 0) + 1;
      taken.set(runner, { ...NO_STANDING, steps });
      if (snapshot === undefined) continue;
      const messages = pieces(runner, snapshot);
      const [first] = await this.transactions.write([{ ...this.own(stateTopic), messages }]);
      const state: StateReference = {
        step: steps,
        pieces: messages.map((_, i) => first + i),
        bytes: snapshot.length,
        crc: crc32(snapshot),
        journalFrom: this.journalEnd,
      };
      stored.set(runner, { ...stored.get(runner)!, state });
    }
    return stored;
  }

  private journalOf(
    steps: JournalMessage['steps'],
    standings: ReadonlyMap<string, RunnerStanding>,
  ): OutgoingPartition {
    const { address } = this.options;
    const value = encodeJournal({
      owner: this.owner,
      ...(address !== undefined && { address }),
      steps,
      standings: Object.fromEntries(standings),
    });
    return { ...this.own(journalTopic), messages: [{ key: null, value }] };
  }

  /** This writer's partition of a topic of its app. */
  private own(topicOf: (app: string) => string): { readonly topic: string; readonly partition: number } {
    const { prefix, app, shard } = this.options;
    return { topic: prefix + topicOf(app), partition: shard };
  }

  /**
   * Finds out what has become of a transaction that failed, and makes the writer able to write again: waits until
   * Kafka is back.
   * @param again a transaction that does not stand may be tried again if Kafka answers at once: a partition has moved.
   * @returns why it does not stand, if so.
   */
  private async recover(
    failure: Error,
    placed: Placed | null,
    again: boolean,
  ): Promise<'stands' | 'again' | Error> {
    this.ends.clear();
    if (!(failure instanceof LogAwayError)) return (this.stopped ??= failure);
    const { availability, journal } = this.options;
    for (let pause = RETRY_MS; this.stopped === null; pause = Math.min(2 * pause, LONGEST_RETRY_MS)) {
      try {
        // Looked at before too: whoever has taken over is not to be disturbed.
        this.requireOwner((await journal.last()).message);
        await this.transactions.begin();
        const last = await journal.last();
        this.requireOwner(last.message);
        const stands = placed !== null && (await this.stands(placed, last.message));
        this.stand(last);
        const answered = this.away === null;
        this.away = null;
        availability.found();
        if (stands) return 'stands';
        return answered && again ? 'again' : failure;
      } catch (error) {
        if (!(error instanceof LogAwayError)) return (this.stopped ??= error as Error);
        this.away = error;
        availability.lost(error);
        for (const { reject } of this.queue.splice(0)) reject(error);
        await sleep(pause);
      }
    }
    return this.stopped ?? failure;
  }

  private requireOwner(last: JournalMessage | null): void {
    if (last !== null && last.owner !== this.owner) throw new FencedError(this.options.app);
  }

  private async stands({ partitions, standings }: Placed, last: JournalMessage | null): Promise<boolean> {
    if (partitions.length > 0) {
      const [{ topic, partition, first }] = partitions;
      return (await this.options.lastEnd(topic, partition)) > first;
    }
    return [...standings].every(([runner, { steps }]) => last?.standings[runner]?.steps === steps);
  }

  private stand({ message, end }: Awaited<ReturnType<JournalReader['last']>>): void {
    this.standings = new Map(Object.entries(message?.standings ?? {}));
    this.journalEnd = end;
  }

  private show({ partitions }: Placed, kafkaOffsets: readonly number[] | null): void {
    partitions.forEach(({ topic, partition, frames }, i) => {
      const placed = frames.map(({ first, end, value }, j) => ({
        first,
        end,
        kafkaOffset: kafkaOffsets === null ? NaN : kafkaOffsets[i] + j,
        payload: value.subarray(HEADER_BYTES),
      }));
      this.options.committed(topic, partition, placed);
    });
  }
}

/** The records of a frame as messages with their own keys and values. */
function plainMessages({ end, value }: PlacedFrames['frames'][number]): OutgoingMessage[] {
  const records: LogRecord[] = [];
  decodeFrame(value.subarray(HEADER_BYTES), end - 1, 0, records);
  return records.map((record) => ({ key: Buffer.from(record.key), value: record.value as Buffer }));
}

/** Compaction keeps the last state of each runner: a piece that follows replaces the one of its number. */
function pieces(runner: string, state: Uint8Array): OutgoingMessage[] {
  const count = Math.max(1, Math.ceil(state.length / PIECE_BYTES));
  return Array.from({ length: count }, (_, i) => ({
    key: Buffer.from(`${runner}/${i}`),
    value: Buffer.from(state.subarray(i * PIECE_BYTES, (i + 1) * PIECE_BYTES)),
  }));
}
