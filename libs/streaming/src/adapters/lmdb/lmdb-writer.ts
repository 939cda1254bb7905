import type { Commit, CommitResult, LogWriter, RunnerState } from '../../log/log.js';
import { FencedError, LogClosedError, LogFullError, partitionKey } from '../../log/log.js';
import { NotOwnerError } from '../../log/topic-owners.js';
import {
  type AppEnvironment,
  type Standing,
  advance,
  encodeInputs,
  encodeStanding,
} from './app-environment.js';
import { HEADER_BYTES, type UnsealedValue, seal, sealPayload, unsealed } from './checked-value.js';
import { checkRoom } from './disk-room.js';
import { type Frame, encodeFrames } from './frame.js';
import {
  NUMBER_BYTES,
  TRANSACTIONS_KEY,
  encodeNumber,
  fencedKey,
  frameKey,
  journalKey,
  snapshotKey,
  standingKey,
} from './keys.js';
import {
  LogDiskError,
  LogFormatError,
  type StorageCause,
  causeOf,
  isFull,
  isInputOutputError,
} from './storage-errors.js';

/** Commits are taken into one transaction up to this size. */
const MAX_GROUP_BYTES = 16 << 20;

/** A commit that has been called and not been answered, its records copied. */
interface Pending {
  readonly appends: readonly {
    readonly topic: string;
    readonly partition: number;
    readonly frames: readonly Frame[];
  }[];
  readonly step: Commit['step'];
  /** With room for what stands before it, see {@link snapshotValue}: states may be large, and are copied once. */
  readonly snapshot: Buffer | undefined;
  readonly bytes: number;
  readonly resolve: (result: CommitResult) => void;
  readonly reject: (error: Error) => void;
}

type Put = readonly [key: Buffer, value: Buffer];

/**
 * Group commit: while one transaction is written and flushed, the commits that are called wait and become the next
 * one together. So a commit derived from another of this writer is never visible before that other is on disk.
 *
 * A commit that fails takes with it those that were called before its failure was known: nothing stands behind a gap.
 */
export class LmdbWriter implements LogWriter {
  private readonly queue: Pending[] = [];
  private readonly ends = new Map<string, number>();
  private readonly standings = new Map<string, Standing>();
  private transactions: number;
  private writing: Promise<void> | null = null;
  /** When everything that was committed is on disk. */
  private flushed: Promise<void> = Promise.resolve();
  /** The last transaction found the disk full. */
  private full = false;
  /** Why no further commit is taken. */
  private stopped: Error | null = null;

  private constructor(
    private readonly app: string,
    private readonly environment: AppEnvironment,
    private readonly owner: number,
    private readonly options: LmdbWriterOptions,
  ) {
    this.transactions = environment.transactions();
  }

  static async open(
    app: string,
    environment: AppEnvironment,
    options: LmdbWriterOptions,
  ): Promise<LmdbWriter> {
    try {
      return new LmdbWriter(app, environment, await environment.takeOver(fencedKey), options);
    } catch (error) {
      if (error instanceof LogFormatError) throw error;
      const cause = await causeOf(error);
      if (isFull(cause)) throw new LogFullError(`no room in ${environment.path}`, { cause });
      if (isInputOutputError(cause)) checkRoom(environment.path, 0);
      throw new LogDiskError(environment.path, cause);
    }
  }

  commit(commit: Commit): Promise<CommitResult> {
    return new Promise((resolve, reject) => {
      if (this.stopped !== null) throw this.stopped;
      this.queue.push({ ...this.encode(commit), resolve, reject });
      this.writing ??= Promise.resolve().then(() => this.write());
    });
  }

  durable(): Promise<void> {
    return this.flushed;
  }

  isFenced(): boolean {
    return this.environment.has(fencedKey(this.owner));
  }

  async runnerState(runner: string): Promise<RunnerState> {
    await this.writing;
    return this.environment.runnerState(runner);
  }

  async close(): Promise<void> {
    this.stopped ??= new LogClosedError();
    await this.writing;
    if (this.full) await this.environment.recover();
  }

  /** Copies what the caller may change afterwards, and does the work that needs no offsets. */
  private encode(commit: Commit): Omit<Pending, 'resolve' | 'reject'> {
    for (const { topic } of commit.appends)
      if (!this.options.topics.includes(topic)) throw new NotOwnerError(this.app, topic);
    if (commit.snapshot !== undefined && commit.step === undefined)
      throw new TypeError('a snapshot belongs to a step');
    const timestamp = this.options.now();
    const appends = commit.appends.map(({ topic, partition, records }) => ({
      topic,
      partition,
      frames: encodeFrames(records, timestamp),
    }));
    let bytes = commit.snapshot?.length ?? 0;
    for (const { frames } of appends) for (const { value } of frames) bytes += value.bytes.length;
    const snapshot = commit.snapshot === undefined ? undefined : withRoomBefore(commit.snapshot);
    return { appends, step: commit.step, snapshot, bytes };
  }

  private async write(): Promise<void> {
    while (this.queue.length > 0) {
      const group = this.nextGroup();
      try {
        const puts: Put[] = [];
        const results = group.map((pending) => this.place(pending, puts));
        await this.transact(puts);
        group.forEach(({ resolve }, i) => resolve(results[i]));
      } catch (error) {
        if (!(error instanceof LogFullError)) this.stopped ??= error as Error;
        this.ends.clear();
        this.standings.clear();
        for (const { reject } of [...group, ...this.queue.splice(0)]) reject(error as Error);
      }
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

  /** Gives the commit its offsets and adds what it stores to `puts`. */
  private place(pending: Pending, puts: Put[]): CommitResult {
    const firstOffsets = pending.appends.map(({ topic, partition, frames }) => {
      const partitionName = partitionKey(topic, partition);
      const first = this.ends.get(partitionName) ?? this.environment.end(topic, partition);
      let end = first;
      for (const { count, value } of frames) {
        end += count;
        const key = frameKey(topic, partition, end - 1);
        puts.push([key, seal(key, value)]);
      }
      this.ends.set(partitionName, end);
      return first;
    });
    if (pending.step !== undefined) this.placeStep(pending.step, pending.snapshot, puts);
    return { firstOffsets };
  }

  private placeStep(step: NonNullable<Commit['step']>, snapshot: Buffer | undefined, puts: Put[]): void {
    const { runner, inputs } = step;
    const before = this.standings.get(runner) ?? this.environment.standing(runner);
    const standing = advance(before, inputs);
    this.standings.set(runner, standing);
    const put = (key: Buffer, ...payload: Uint8Array[]) => puts.push([key, sealPayload(key, ...payload)]);
    put(journalKey(runner, before.steps), encodeInputs(inputs));
    put(standingKey(runner), encodeStanding(standing));
    if (snapshot === undefined) return;
    const key = snapshotKey(runner);
    puts.push([key, seal(key, snapshotValue(standing.steps, snapshot))]);
  }

  /** Writes one transaction, on the condition that nobody has taken over. */
  private async transact(puts: readonly Put[]): Promise<void> {
    const transaction = this.transactions + 1;
    const all: Put[] = [...puts, [TRANSACTIONS_KEY, encodeNumber(transaction)]];
    try {
      // LMDB reports every failure on standard error: while the disk is full, it is asked first.
      if (this.full) checkRoom(this.environment.path, bytesOf(all));
      await this.put(all, transaction);
      this.full = false;
    } catch (error) {
      this.full = error instanceof LogFullError;
      throw error;
    }
    this.transactions = transaction;
    this.options.committed();
  }

  private async put(puts: readonly Put[], transaction: number): Promise<void> {
    const { store, path } = this.environment;
    for (let attempt = 1; ; attempt++) {
      try {
        const standing = await store.ifNoExists(fencedKey(this.owner), () => {
          for (const [key, value] of puts) void store.put(key, value);
        });
        if (!standing) throw new FencedError(this.app);
        // A transaction is flushed before it is visible; `flushed` is what lmdb-js promises to say so.
        this.flushed = new Promise((resolve) => void store.flushed.then(() => resolve()));
        return;
      } catch (failure) {
        if (failure instanceof FencedError) throw failure;
        const cause = await causeOf(failure);
        // Only the flush failed: readers see the transaction, so it must not be repeated.
        if (this.environment.transactions() === transaction) throw this.diskError(cause);
        if (isFull(cause)) throw new LogFullError(`no room in ${path}: ${cause.message}`, { cause });
        // LMDB says EIO too when the disk took only a part of the pages, as one does that is just getting full.
        if (attempt > 1 || !isInputOutputError(cause)) throw this.diskError(cause);
        checkRoom(path, bytesOf(puts));
      }
    }
  }

  private diskError(cause: StorageCause): LogDiskError {
    this.environment.abandon();
    return new LogDiskError(this.environment.path, cause);
  }
}

function bytesOf(puts: readonly Put[]): number {
  let bytes = 0;
  for (const [, value] of puts) bytes += value.length;
  return bytes;
}

export interface LmdbWriterOptions {
  /** The topics that the app owns. */
  readonly topics: readonly string[];
  /** Wall clock in milliseconds, for the timestamps of records. */
  readonly now: () => number;
  /** Called after each transaction. */
  readonly committed: () => void;
}

/** A copy of the state with room for the header and the number of its step. */
function withRoomBefore(state: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(HEADER_BYTES + NUMBER_BYTES + state.length);
  bytes.set(state, HEADER_BYTES + NUMBER_BYTES);
  return bytes;
}

/** The number of steps that the state holds, then the state. */
function snapshotValue(steps: number, withRoom: Buffer): UnsealedValue {
  encodeNumber(steps).copy(withRoom, HEADER_BYTES);
  return unsealed(withRoom);
}
