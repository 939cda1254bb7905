import type { Commit, CommitResult, RunnerState, TrimmingWriter } from '../../log/log.js';
import { FencedError, LogClosedError, LogFullError, partitionKey } from '../../log/log.js';
import { NotOwnerError } from '../../log/topic-owners.js';
import { type AppEnvironment, TRIMMED_FORMAT } from './app-environment.js';
import { HEADER_BYTES, type UnsealedValue, seal, sealPayload, unsealed } from './checked-value.js';
import { checkRoom } from './disk-room.js';
import {
  type Change,
  type FollowingState,
  FollowingStates,
  LARGE_STATE_BYTES,
  removals,
} from './following-states.js';
import { type Frame, encodeFrames } from './frame.js';
import {
  FORMAT_KEY,
  NUMBER_BYTES,
  TRANSACTIONS_KEY,
  encodeNumber,
  fencedKey,
  frameKey,
  journalKey,
  standingKey,
  startKey,
} from './keys.js';
import { SizeMarks, type Tally } from './size-marks.js';
import {
  DamagedFileError,
  LogDiskError,
  LogFormatError,
  type StorageCause,
  causeOf,
  isFull,
  isInputOutputError,
} from './storage-errors.js';
import { type Standing, advance, encodeInputs, encodeStanding } from './stored-runners.js';
import { referencePlaces, snapshotPlaces } from './stored-snapshot.js';

/** Commits are taken into one transaction up to this size. */
const MAX_GROUP_BYTES = 16 << 20;

/** Values that one transaction removes at most, so that the commits beside it do not wait for long. */
const REMOVED_AT_ONCE = 256;
/** The same of steps, which are small. */
const STEPS_REMOVED_AT_ONCE = 4096;

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
  readonly following: FollowingState | undefined;
  /** What it changes besides. */
  readonly changes: readonly Change[];
  readonly bytes: number;
  readonly resolve: (result: CommitResult) => void;
  readonly reject: (error: Error) => void;
}

const NO_STATE = { snapshot: undefined, following: undefined } as const;
const NOTHING = { appends: [], step: undefined, ...NO_STATE } as const;

/** Where a commit has come to stand. */
interface Placed {
  readonly firstOffsets: readonly number[];
  /** Of its runner, with its step; 0 where it has none. */
  readonly steps: number;
}

/**
 * Group commit: while one transaction is written and flushed, the commits that are called wait and become the next
 * one together. So a commit derived from another of this writer is never visible before that other is on disk.
 *
 * A commit that fails takes with it those that were called before its failure was known: nothing stands behind a gap.
 */
export class LmdbWriter implements TrimmingWriter {
  private readonly queue: Pending[] = [];
  private readonly ends = new Map<string, number>();
  private readonly standings = new Map<string, Standing>();
  private readonly tallies = new Map<string, Tally>();
  private readonly sizes: SizeMarks;
  private readonly states: FollowingStates;
  private transactions: number;
  private format: number;
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
    this.format = environment.format();
    this.sizes = new SizeMarks(environment);
    this.states = new FollowingStates(environment, (...change) => this.change(...change));
  }

  static async open(
    app: string,
    environment: AppEnvironment,
    options: LmdbWriterOptions,
  ): Promise<LmdbWriter> {
    try {
      return new LmdbWriter(app, environment, await environment.takeOver(fencedKey), options);
    } catch (error) {
      if (error instanceof LogFormatError || error instanceof DamagedFileError) throw error;
      const cause = await causeOf(error);
      if (isFull(cause)) throw new LogFullError(`no room in ${environment.path}`, { cause });
      if (isInputOutputError(cause)) checkRoom(environment.path, 0);
      throw new LogDiskError(environment.path, cause);
    }
  }

  commit(commit: Commit): Promise<CommitResult> {
    return this.enqueue(() => this.encode(commit));
  }

  durable(): Promise<void> {
    return this.flushed;
  }

  isFenced(): boolean {
    return this.environment.has(fencedKey(this.owner));
  }

  async runnerState(runner: string): Promise<RunnerState> {
    await this.writing;
    const state = this.environment.runners.runnerState(runner);
    await this.makeWhole(runner);
    this.states.removeLeftovers(runner).catch(() => undefined);
    return state;
  }

  async trim(topic: string, partition: number, to: number): Promise<void> {
    if (!this.options.topics.includes(topic)) throw new NotOwnerError(this.app, topic);
    await this.writing;
    const { environment } = this;
    const before = environment.earliest(topic, partition);
    const earliest = Math.max(before, Math.min(to, environment.end(topic, partition)));
    if (earliest > before) await this.change([[startKey(topic, partition), encodeNumber(earliest)]]);
    await this.removeAll(() => environment.framesBefore(topic, partition, earliest, REMOVED_AT_ONCE));
    await this.remove(this.sizes.obsolete(topic, partition, earliest));
  }

  async trimJournal(runner: string): Promise<void> {
    await this.writing;
    const step = await this.environment.runners.snapshotStep(runner);
    await this.removeAll(() => this.environment.runners.journalKeys(runner, step, STEPS_REMOVED_AT_ONCE));
  }

  async forgetRunner(runner: string): Promise<void> {
    await this.removeAll(() => this.environment.runners.journalKeys(runner, Infinity, STEPS_REMOVED_AT_ONCE));
    this.standings.delete(runner);
    this.states.giveUp(runner);
    const states = [snapshotPlaces(runner), referencePlaces(runner)].flatMap(removals);
    await this.change([[standingKey(runner), null], ...states]);
    await this.states.removeLeftovers(runner);
  }

  async close(): Promise<void> {
    this.stopped ??= new LogClosedError();
    await this.states.close();
    await this.writing;
    if (this.full) await this.environment.recover();
  }

  /** Has a state stand in both its places, where damage or an earlier build has left one. */
  private async makeWhole(runner: string): Promise<void> {
    const changes = this.environment.runners.snapshotRepair(runner);
    if (changes.length === 0) return;
    try {
      await this.enqueue(() => ({ ...NOTHING, changes, bytes: bytesOf(changes) }));
    } catch (error) {
      // It stands in one, and is stored anew once there is room.
      if (!(error instanceof LogFullError)) throw error;
    }
  }

  private enqueue(make: () => Omit<Pending, 'resolve' | 'reject'>): Promise<CommitResult> {
    return new Promise((resolve, reject) => {
      if (this.stopped !== null) throw this.stopped;
      this.queue.push({ ...make(), resolve, reject });
      this.writing ??= Promise.resolve().then(() => this.write());
    });
  }

  /** Changes that belong to no commit, beside the commits. */
  private async change(changes: readonly Change[], format: number = TRIMMED_FORMAT): Promise<void> {
    this.format = Math.max(this.format, format);
    const all: Change[] = [[FORMAT_KEY, encodeNumber(this.format)], ...changes];
    await this.enqueue(() => ({ ...NOTHING, changes: all, bytes: bytesOf(changes) }));
  }

  private async remove(keys: readonly Buffer[]): Promise<void> {
    if (keys.length > 0) await this.change(keys.map((key) => [key, null]));
  }

  /** Removes what `next` gives until it gives nothing. */
  private async removeAll(next: () => Buffer[]): Promise<void> {
    for (;;) {
      const keys = next();
      if (keys.length === 0) return;
      await this.remove(keys);
    }
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
    const state = this.encodeState(commit);
    let bytes = state.snapshot?.length ?? 0;
    for (const { frames } of appends) for (const { value } of frames) bytes += value.bytes.length;
    return { appends, step: commit.step, ...state, changes: [], bytes };
  }

  private encodeState({
    step,
    snapshot,
    snapshotMayFollow,
  }: Commit): Pick<Pending, 'snapshot' | 'following'> {
    if (step === undefined || snapshot === undefined) return NO_STATE;
    if (snapshotMayFollow === true && snapshot.length >= LARGE_STATE_BYTES)
      return { ...NO_STATE, following: this.states.begin(step.runner, snapshot) };
    this.states.giveUp(step.runner);
    return { ...NO_STATE, snapshot: withRoomBefore(snapshot) };
  }

  private async write(): Promise<void> {
    while (this.queue.length > 0) {
      const group = this.nextGroup();
      try {
        const changes: Change[] = [];
        const placed = group.map((pending) => this.place(pending, changes));
        await this.transact(changes);
        group.forEach((pending, i) => pending.resolve(this.resultOf(pending, placed[i])));
      } catch (error) {
        if (!(error instanceof LogFullError)) this.stopped ??= error as Error;
        this.ends.clear();
        this.standings.clear();
        this.tallies.clear();
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

  /** Gives the commit its offsets and adds what it stores to `changes`. */
  private place(pending: Pending, changes: Change[]): Placed {
    changes.push(...pending.changes);
    const firstOffsets = pending.appends.map(({ topic, partition, frames }) => {
      const partitionName = partitionKey(topic, partition);
      const first = this.ends.get(partitionName) ?? this.environment.end(topic, partition);
      let end = first;
      let tally = this.tallies.get(partitionName) ?? this.sizes.tally(topic, partition);
      for (const { count, value } of frames) {
        end += count;
        const key = frameKey(topic, partition, end - 1);
        changes.push([key, seal(key, value)]);
        const size = key.length + value.bytes.length;
        const counted = SizeMarks.count(tally, [topic, partition, end - 1], size);
        tally = counted.tally;
        if (counted.mark !== null) changes.push(counted.mark);
      }
      this.tallies.set(partitionName, tally);
      this.ends.set(partitionName, end);
      return first;
    });
    const { step, snapshot } = pending;
    return { firstOffsets, steps: step === undefined ? 0 : this.placeStep(step, snapshot, changes) };
  }

  private resultOf({ following }: Pending, { firstOffsets, steps }: Placed): CommitResult {
    if (following === undefined) return { firstOffsets };
    return { firstOffsets, followed: this.states.write(following, steps) };
  }

  /** @returns the number of the runner's steps with this one. */
  private placeStep(
    step: NonNullable<Commit['step']>,
    snapshot: Buffer | undefined,
    changes: Change[],
  ): number {
    const { runner, inputs } = step;
    const before = this.standings.get(runner) ?? this.environment.runners.standing(runner);
    const standing = advance(before, inputs);
    this.standings.set(runner, standing);
    const put = (key: Buffer, ...payload: Uint8Array[]) => changes.push([key, sealPayload(key, ...payload)]);
    put(journalKey(runner, before.steps), encodeInputs(inputs));
    put(standingKey(runner), encodeStanding(standing));
    if (snapshot !== undefined) {
      const { key, copyKey } = snapshotPlaces(runner);
      const value = seal(key, snapshotValue(standing.steps, snapshot));
      changes.push([key, value], [copyKey, value], ...removals(referencePlaces(runner)));
    }
    return standing.steps;
  }

  /** Writes one transaction, on the condition that nobody has taken over. */
  private async transact(changes: readonly Change[]): Promise<void> {
    const transaction = this.transactions + 1;
    const all: Change[] = [...changes, [TRANSACTIONS_KEY, encodeNumber(transaction)]];
    try {
      // LMDB reports every failure on standard error: while the disk is full, it is asked first. What only removes makes
      // room, and needs next to none.
      if (this.full && !onlyRemoves(changes)) checkRoom(this.environment.path, bytesOf(all));
      await this.store(all, transaction);
      this.full = false;
    } catch (error) {
      this.full = error instanceof LogFullError;
      throw error;
    }
    this.transactions = transaction;
    this.options.committed();
  }

  private async store(changes: readonly Change[], transaction: number): Promise<void> {
    const { store, path } = this.environment;
    for (let attempt = 1; ; attempt++) {
      try {
        const standing = await store.ifNoExists(fencedKey(this.owner), () => {
          for (const [key, value] of changes)
            void (value === null ? store.remove(key) : store.put(key, value));
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
        checkRoom(path, bytesOf(changes));
      }
    }
  }

  private diskError(cause: StorageCause): LogDiskError {
    this.environment.abandon();
    return new LogDiskError(this.environment.path, cause);
  }
}

function onlyRemoves(changes: readonly Change[]): boolean {
  return changes.every(([key, value]) => value === null || key === FORMAT_KEY);
}

function bytesOf(changes: readonly Change[]): number {
  let bytes = 0;
  for (const [, value] of changes) bytes += value?.length ?? 0;
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
