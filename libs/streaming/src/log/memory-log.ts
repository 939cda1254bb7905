import type {
  Commit,
  CommitResult,
  InputRange,
  LogRecord,
  NewRecord,
  RunnerState,
  TrimmableLog,
  TrimmingWriter,
} from './log.js';
import { FencedError, TrimmedError, partitionKey } from './log.js';
import { HARK_TOPIC_OWNERS, NotOwnerError, ownerOf, type TopicOwners } from './topic-owners.js';

interface Partition {
  /** Offset of the first of `records`. */
  first: number;
  records: LogRecord[];
}

interface Journal {
  /** Number of the first of `steps`. */
  first: number;
  readonly steps: (readonly InputRange[])[];
  readonly positions: Map<string, number>;
  snapshot: RunnerState['snapshot'];
  /** The one committed last: in effect, or to follow. */
  newest: RunnerState['snapshot'];
}

/** What one app has written besides its topics. */
interface App {
  /** Number of writers opened so far; only the last may commit. */
  owner: number;
  readonly journals: Map<string, Journal>;
}

/**
 * The log in memory, for tests and for work without a service. It outlives its writers: closing one and opening
 * another is a restart, opening another without closing the first a takeover. Durable as long as the object lives.
 */
export class MemoryLog implements TrimmableLog {
  readonly epoch: string;
  private readonly now: () => number;
  private readonly owners: TopicOwners;
  private readonly following: (() => Promise<unknown>) | undefined;
  private readonly partitions = new Map<string, Partition>();
  private readonly apps = new Map<string, App>();
  private readonly waiting = new Set<() => void>();

  /**
   * @param options.now wall clock in milliseconds, for the timestamps of records.
   * @param options.following resolves when a snapshot that may follow takes effect; absent: as its commit does.
   */
  constructor(options: {
    readonly now: () => number;
    readonly epoch?: string;
    readonly owners?: TopicOwners;
    readonly following?: () => Promise<unknown>;
  }) {
    this.now = options.now;
    this.following = options.following;
    this.epoch = options.epoch ?? 'memory';
    this.owners = options.owners ?? HARK_TOPIC_OWNERS;
  }

  read(topic: string, partition: number, from: number, maxBytes: number): Promise<readonly LogRecord[]> {
    const { first, records } = this.partition(topic, partition);
    if (from < first) return Promise.reject(new TrimmedError(topic, from, first));
    let bytes = 0;
    const start = from - first;
    let to = start;
    while (to < records.length && (to === start || bytes < maxBytes)) bytes += records[to++].value.length;
    return Promise.resolve(records.slice(start, to));
  }

  lookUp(topic: string, partition: number, offset: number): LogRecord | null {
    const { first, records } = this.partition(topic, partition);
    return records[offset - first] ?? null;
  }

  end(topic: string, partition: number): Promise<number> {
    const { first, records } = this.partition(topic, partition);
    return Promise.resolve(first + records.length);
  }

  earliest(topic: string, partition: number): Promise<number> {
    return Promise.resolve(this.partition(topic, partition).first);
  }

  runners(app: string): readonly string[] {
    return [...(this.apps.get(app)?.journals.keys() ?? [])];
  }

  runnerState(app: string, runner: string): Promise<RunnerState> {
    return Promise.resolve(stateOf(this.apps.get(app)?.journals.get(runner)));
  }

  bytes(topic: string, partition: number): Promise<number> {
    return Promise.resolve(
      this.partition(topic, partition).records.reduce((sum, each) => sum + sizeOf(each), 0),
    );
  }

  offsetKeeping(topic: string, partition: number, bytes: number): Promise<number> {
    const { first, records } = this.partition(topic, partition);
    let at = records.length;
    for (let left = bytes; at > 0 && left > 0; at--) left -= sizeOf(records[at - 1]);
    return Promise.resolve(first + at);
  }

  needs(topic: string, partition: number): Promise<ReadonlyMap<string, number>> {
    const key = partitionKey(topic, partition);
    const needs = new Map<string, number>();
    for (const [app, { journals }] of this.apps)
      for (const [runner, { steps, positions }] of journals) {
        const taken = steps.flat().find((range) => partitionKey(range.topic, range.partition) === key);
        const from = taken?.from ?? positions.get(key);
        if (from !== undefined) needs.set(`${app}/${runner}`, from);
      }
    return Promise.resolve(needs);
  }

  steps(
    app: string,
    runner: string,
    from: number,
    limit: number,
  ): Promise<readonly (readonly InputRange[])[]> {
    const { first, steps } = this.apps.get(app)?.journals.get(runner) ?? { first: 0, steps: [] };
    if (from < first) return Promise.reject(new TrimmedError(`the journal of ${runner}`, from, first));
    return Promise.resolve(steps.slice(from - first, from - first + limit));
  }

  firstStep(app: string, runner: string): Promise<number> {
    return Promise.resolve(this.apps.get(app)?.journals.get(runner)?.first ?? 0);
  }

  changed(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = () => {
        this.waiting.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.waiting.add(wake);
      signal.addEventListener('abort', wake);
    });
  }

  writer(name: string): Promise<TrimmingWriter> {
    let app = this.apps.get(name);
    if (app === undefined) this.apps.set(name, (app = { owner: 0, journals: new Map() }));
    const token = ++app.owner;
    const { journals } = app;
    const current = () => this.apps.get(name)?.owner === token;
    const trimming = (trim: () => void): Promise<void> =>
      current() ? Promise.resolve(trim()) : Promise.reject(new FencedError(name));
    return Promise.resolve({
      // Not `async`: a commit takes effect during the call, and a bad one is a rejected promise all the same.
      commit: (commit) => {
        try {
          if (!current()) throw new FencedError(name);
          return Promise.resolve(this.apply(name, journals, commit, current));
        } catch (error) {
          return Promise.reject(error as Error);
        }
      },
      durable: () => Promise.resolve(),
      isFenced: () => !current(),
      runnerState: (runner) => Promise.resolve(stateOf(journals.get(runner))),
      close: () => Promise.resolve(),
      trim: (topic, partition, to) => {
        if (ownerOf(this.owners, topic) !== name) return Promise.reject(new NotOwnerError(name, topic));
        return trimming(() => {
          const kept = this.partition(topic, partition);
          const gone = kept.records.splice(0, Math.max(0, to - kept.first));
          kept.first += gone.length;
        });
      },
      trimJournal: (runner) =>
        trimming(() => {
          const journal = journals.get(runner);
          if (journal === undefined || journal.snapshot === null) return;
          journal.steps.splice(0, journal.snapshot.step - journal.first);
          journal.first = journal.snapshot.step;
        }),
      forgetRunner: (runner) => trimming(() => void journals.delete(runner)),
    });
  }

  /** Wakes whoever waits; the records stay readable. */
  close(): Promise<void> {
    this.wake();
    return Promise.resolve();
  }

  private apply(
    app: string,
    journals: Map<string, Journal>,
    commit: Commit,
    isCurrent: () => boolean,
  ): CommitResult {
    for (const { topic } of commit.appends)
      if (ownerOf(this.owners, topic) !== app) throw new NotOwnerError(app, topic);
    if (commit.snapshot !== undefined && commit.step === undefined)
      throw new TypeError('a snapshot belongs to a step');
    const timestamp = this.now();
    const firstOffsets = commit.appends.map(({ topic, partition, records }) =>
      this.append(partitionKey(topic, partition), records, timestamp),
    );
    this.wake();
    if (commit.step !== undefined) {
      const { runner, inputs } = commit.step;
      let journal = journals.get(runner);
      if (journal === undefined) journals.set(runner, (journal = emptyJournal()));
      journal.steps.push(inputs.map((input) => ({ ...input })));
      for (const { topic, partition, to } of inputs)
        journal.positions.set(partitionKey(topic, partition), to);
      const followed = this.takeSnapshot(journal, commit, isCurrent);
      if (followed !== undefined) return { firstOffsets, followed };
    }
    return { firstOffsets };
  }

  private takeSnapshot(
    journal: Journal,
    { snapshot, snapshotMayFollow }: Commit,
    isCurrent: () => boolean,
  ): CommitResult['followed'] {
    if (snapshot === undefined) return undefined;
    const newest = { state: new Uint8Array(snapshot), step: journal.first + journal.steps.length };
    journal.newest = newest;
    if (snapshotMayFollow === true && this.following !== undefined)
      return this.following().then(() => {
        if (journal.newest !== newest || !isCurrent()) return false;
        journal.snapshot = newest;
        return true;
      });
    journal.snapshot = newest;
    return undefined;
  }

  private append(key: string, added: readonly NewRecord[], timestamp: number): number {
    let partition = this.partitions.get(key);
    if (partition === undefined) this.partitions.set(key, (partition = { first: 0, records: [] }));
    const { records } = partition;
    const first = partition.first + records.length;
    for (const record of added)
      records.push({
        key: record.key,
        value: new Uint8Array(record.value),
        offset: partition.first + records.length,
        timestamp,
      });
    return first;
  }

  private partition(topic: string, partition: number): Partition {
    return this.partitions.get(partitionKey(topic, partition)) ?? { first: 0, records: [] };
  }

  private wake(): void {
    for (const wake of [...this.waiting]) wake();
  }
}

function emptyJournal(): Journal {
  return { first: 0, steps: [], positions: new Map(), snapshot: null, newest: null };
}

function sizeOf({ key, value }: LogRecord): number {
  return key.length + value.length;
}

function stateOf(journal: Journal | undefined): RunnerState {
  if (journal === undefined) return { snapshot: null, replay: [], steps: 0, positions: new Map() };
  const { first, steps, snapshot } = journal;
  return {
    snapshot,
    replay: steps.slice((snapshot?.step ?? 0) - first),
    steps: first + steps.length,
    positions: new Map(journal.positions),
  };
}
