/**
 * The log port: topics cut into partitions, records numbered by offset, and an atomic commit. Everything that
 * changes what the service says is a record here. Adapters: `MemoryLog` here, `LmdbLog` in `adapters/`; all pass
 * `log.contract.ts`.
 */

/** A record to append. */
export interface NewRecord {
  /** Partitioning and filtering key, e.g. a device key; may be empty. */
  readonly key: string;
  readonly value: Uint8Array;
}

/** A record as read back. */
export interface LogRecord extends NewRecord {
  /** Position in its partition: 0, 1, 2 … without gaps. */
  readonly offset: number;
  /** Wall clock of the commit, milliseconds since 1970. Not part of what a replay must repeat. */
  readonly timestamp: number;
}

/** Which records of one partition a step took: `from` included, `to` excluded. */
export interface InputRange {
  readonly topic: string;
  readonly partition: number;
  readonly from: number;
  readonly to: number;
}

/** One atomic write. All of it is visible or none, at once and after a crash at any instant. */
export interface Commit {
  /** Records to append, in order, to partitions of topics that this writer owns. */
  readonly appends: readonly {
    readonly topic: string;
    readonly partition: number;
    readonly records: readonly NewRecord[];
  }[];
  /** The inputs that these outputs were made from, in the order they were taken; kept as the step's journal. */
  readonly step?: { readonly runner: string; readonly inputs: readonly InputRange[] };
  /** State after this step, replacing the runner's earlier snapshot. Needs `step`. */
  readonly snapshot?: Uint8Array;
  /**
   * The snapshot may take effect later than the commit: a large one is then written beside the commits that come
   * meanwhile, which do not wait for it, and until it is whole the one before counts, with the steps since. Any later
   * snapshot of the runner replaces it. Its bytes are the log's from the call on: nobody may change them.
   */
  readonly snapshotMayFollow?: boolean;
}

/** What a commit did. */
export interface CommitResult {
  /** The offset of the first record appended to each entry of `appends`, in its order. */
  readonly firstOffsets: readonly number[];
  /**
   * Of a snapshot that follows: resolves to true when it is in effect, or to false when it has been given up, for a
   * later one, for want of room, or because the writer was closed. Never rejected. Absent: all is in effect.
   */
  readonly followed?: Promise<boolean>;
}

/** Where a runner stands. */
export interface RunnerState {
  /** The last snapshot with the number of steps taken before it, or null when there was none. */
  readonly snapshot: { readonly state: Uint8Array; readonly step: number } | null;
  /** Steps committed after the snapshot, oldest first: to be executed again with their outputs suppressed. */
  readonly replay: readonly (readonly InputRange[])[];
  /** Number of steps committed in all. */
  readonly steps: number;
  /** Next offset to read, keyed `topic/partition`; absent = 0. */
  readonly positions: ReadonlyMap<string, number>;
  /**
   * The snapshot that was stored is damaged: there is none, and `replay` is every step from the first. The state is to
   * be stored anew.
   */
  readonly isDamaged?: true;
}

/** Something stored that is damaged, and how that is made up for. */
export interface StoredDamage {
  /** As `snapshot of windower`. */
  readonly what: string;
  /** As `its copy is used`. */
  readonly instead: string;
}

export interface LogReader {
  /**
   * Records from `from` on, in order, up to the one whose value reaches `maxBytes` or the end of what was committed
   * together with it (at most 1 MiB more): at least one when there is one.
   * Empty at the end of the partition, or where the topic has not been written yet.
   * @throws TrimmedError where `from` lies before {@link earliest}.
   */
  read(topic: string, partition: number, from: number, maxBytes: number): Promise<readonly LogRecord[]>;

  /**
   * The record at this offset, at once, or null when it is not there (any more): for a pure step that has kept the
   * offset of a record it took instead of the record.
   */
  lookUp(topic: string, partition: number, offset: number): LogRecord | null;

  /** Offset that the next record appended will have; 0 for a topic never written. */
  end(topic: string, partition: number): Promise<number>;

  /** Offset of the first record that is kept; that of the next where none is: 0 until something has been trimmed. */
  earliest(topic: string, partition: number): Promise<number>;

  /**
   * What the steps of a runner took, oldest first: at most `limit` of them from step `from` (0, 1, 2 …) on. Empty
   * where the app or the runner has not committed a step.
   * @throws TrimmedError where `from` lies before {@link firstStep}.
   */
  steps(
    app: string,
    runner: string,
    from: number,
    limit: number,
  ): Promise<readonly (readonly InputRange[])[]>;

  /** The first step of a runner that its journal still holds: 0 until it has been trimmed. */
  firstStep(app: string, runner: string): Promise<number>;

  /** Resolves when something may have been committed since the call, or when `signal` is aborted. May be spurious. */
  changed(signal: AbortSignal): Promise<void>;
}

/**
 * Writes the topics of one app. There is one live writer of a name: opening another fences the first, whose next
 * commit is refused with {@link FencedError}.
 */
export interface LogWriter {
  /**
   * Commits atomically. Resolved = visible to readers and safe from the death of the process. Commits of one
   * writer take effect in the order of the calls.
   */
  commit(commit: Commit): Promise<CommitResult>;

  /** Resolves when every commit resolved so far is on disk: what came from outside is acknowledged after this. */
  durable(): Promise<void>;

  /** Whether another writer of this name has been opened since: no further commit is taken. */
  isFenced?(): boolean;

  /**
   * Where the runner of this name stands.
   * @throws CorruptStateError where what is stored of it is damaged, and nothing else makes up for it.
   */
  runnerState(runner: string): Promise<RunnerState>;

  close(): Promise<void>;
}

/** A log that can give its oldest records up. */
export interface TrimmableLog extends Log {
  writer(app: string): Promise<TrimmingWriter>;

  /**
   * From where on each runner that has taken from the topic would read it again after a crash, by `app/runner`: what
   * its kept steps took, and what it has not taken yet. Records before the least of these are executed by nobody again.
   */
  needs(topic: string, partition: number): Promise<ReadonlyMap<string, number>>;

  /** The runners of an app that have taken a step. */
  runners(app: string): readonly string[];

  /** Where a runner stands, as its writer would say it. */
  runnerState(app: string, runner: string): Promise<RunnerState>;

  /** Bytes kept of the topic: records with their keys, about what they take on disk. */
  bytes(topic: string, partition: number): Promise<number>;

  /**
   * The greatest offset from which on at least so many bytes are kept, or the first one kept where there are fewer. An
   * adapter may keep a mebibyte more.
   */
  offsetKeeping(topic: string, partition: number, bytes: number): Promise<number>;
}

export interface TrimmingWriter extends LogWriter {
  /**
   * Removes the records of a topic of its own that lie before `to`, at most all there are. Readers see them go at
   * once; the room they took is free when this resolves, for what is written next. Offsets go on as before. A crash
   * in the middle leaves room that the next call frees.
   */
  trim(topic: string, partition: number, to: number): Promise<void>;

  /** Removes the steps of a runner that its stored state holds: nothing but `hark verify` reads them again. */
  trimJournal(runner: string): Promise<void>;

  /** Removes a runner that will not run again, with its state: it needs nothing any more. */
  forgetRunner(runner: string): Promise<void>;
}

export function isTrimmable<Reader extends LogReader>(log: Reader): log is Reader & TrimmableLog {
  return 'needs' in log;
}

/** A whole log: any reader, and a writer for each app. */
export interface Log extends LogReader {
  /** Identity of this log, made with it: offsets of one epoch mean nothing in another. */
  readonly epoch: string;
  /** Opens the writer of an app (`ingest`, `learner`, `gateway`) for the topics that it owns. */
  writer(app: string): Promise<LogWriter>;
  close(): Promise<void>;
}

/** Another writer of the same name has been opened: this process must stop. */
export class FencedError extends Error {
  readonly code = 'fenced';
  constructor(readonly app: string) {
    super(`another ${app} has taken over this log; stopping so that records are written once`);
  }
}

/** The disk refused a write; nothing of that commit stands. Try again when there is room. */
export class LogFullError extends Error {
  readonly code: string = 'log_full';
}

/** What keeps the log does not answer. As with a full disk nothing of the commit stands: try again later. */
export class LogAwayError extends LogFullError {
  override readonly code = 'log_away';
}

/** What is asked for has been trimmed: the log keeps what comes from `earliest` on. */
export class TrimmedError extends Error {
  readonly code = 'trimmed';
  constructor(
    /** A topic, or the journal of a runner. */
    readonly of: string,
    readonly asked: number,
    readonly earliest: number,
  ) {
    super(`${of} is kept from ${earliest} on: ${asked} is older than the retention`);
  }
}

/** A stored record does not match its checksum. */
export class CorruptLogError extends Error {
  readonly code = 'corrupt_log';
  constructor(
    readonly topic: string,
    readonly partition: number,
    readonly offset: number,
    /** Where whoever can do without it may go on: behind what was stored together with it. */
    readonly next = offset + 1,
  ) {
    super(`record ${offset} of ${topic}/${partition} is corrupt: its checksum does not match`);
  }
}

/** A stored journal or snapshot does not match its checksum; nothing of it is served. */
export class CorruptStateError extends Error {
  readonly code = 'corrupt_state';
  constructor(
    readonly runner: string,
    readonly what: string,
  ) {
    super(`the ${what} of ${runner} is corrupt: its checksum does not match`);
  }
}

/** The log, or this writer of it, has been closed. */
export class LogClosedError extends Error {
  readonly code = 'log_closed';
  constructor() {
    super('the log is closed');
  }
}

/** Key of a partition in {@link RunnerState.positions}. */
export function partitionKey(topic: string, partition: number): string {
  return `${topic}/${partition}`;
}
