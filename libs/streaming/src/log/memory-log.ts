import type {
  Commit,
  CommitResult,
  InputRange,
  Log,
  LogRecord,
  LogWriter,
  NewRecord,
  RunnerState,
} from './log.js';
import { FencedError, partitionKey } from './log.js';
import { HARK_TOPIC_OWNERS, NotOwnerError, ownerOf, type TopicOwners } from './topic-owners.js';

interface Journal {
  readonly steps: (readonly InputRange[])[];
  readonly positions: Map<string, number>;
  snapshot: RunnerState['snapshot'];
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
export class MemoryLog implements Log {
  readonly epoch: string;
  private readonly now: () => number;
  private readonly owners: TopicOwners;
  private readonly partitions = new Map<string, LogRecord[]>();
  private readonly apps = new Map<string, App>();
  private readonly waiting = new Set<() => void>();

  /** @param options.now wall clock in milliseconds, for the timestamps of records. */
  constructor(options: {
    readonly now: () => number;
    readonly epoch?: string;
    readonly owners?: TopicOwners;
  }) {
    this.now = options.now;
    this.epoch = options.epoch ?? 'memory';
    this.owners = options.owners ?? HARK_TOPIC_OWNERS;
  }

  read(topic: string, partition: number, from: number, maxBytes: number): Promise<readonly LogRecord[]> {
    const records = this.partitions.get(partitionKey(topic, partition)) ?? [];
    let bytes = 0;
    let to = from;
    while (to < records.length && (to === from || bytes < maxBytes)) bytes += records[to++].value.length;
    return Promise.resolve(records.slice(from, to));
  }

  lookUp(topic: string, partition: number, offset: number): LogRecord | null {
    return this.partitions.get(partitionKey(topic, partition))?.[offset] ?? null;
  }

  end(topic: string, partition: number): Promise<number> {
    return Promise.resolve(this.partitions.get(partitionKey(topic, partition))?.length ?? 0);
  }

  steps(
    app: string,
    runner: string,
    from: number,
    limit: number,
  ): Promise<readonly (readonly InputRange[])[]> {
    const steps = this.apps.get(app)?.journals.get(runner)?.steps ?? [];
    return Promise.resolve(steps.slice(from, from + limit));
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

  writer(name: string): Promise<LogWriter> {
    let app = this.apps.get(name);
    if (app === undefined) this.apps.set(name, (app = { owner: 0, journals: new Map() }));
    const token = ++app.owner;
    const { journals } = app;
    const current = () => this.apps.get(name)?.owner === token;
    return Promise.resolve({
      // Not `async`: a commit takes effect during the call, and a bad one is a rejected promise all the same.
      commit: (commit) => {
        try {
          if (!current()) throw new FencedError(name);
          return Promise.resolve(this.apply(name, journals, commit));
        } catch (error) {
          return Promise.reject(error as Error);
        }
      },
      durable: () => Promise.resolve(),
      isFenced: () => !current(),
      runnerState: (runner) => Promise.resolve(stateOf(journals.get(runner))),
      close: () => Promise.resolve(),
    });
  }

  /** Wakes whoever waits; the records stay readable. */
  close(): Promise<void> {
    this.wake();
    return Promise.resolve();
  }

  private apply(app: string, journals: Map<string, Journal>, commit: Commit): CommitResult {
    for (const { topic } of commit.appends)
      if (ownerOf(this.owners, topic) !== app) throw new NotOwnerError(app, topic);
    if (commit.snapshot !== undefined && commit.step === undefined)
      throw new TypeError('a snapshot belongs to a step');
    const timestamp = this.now();
    const firstOffsets = commit.appends.map(({ topic, partition, records }) =>
      this.append(partitionKey(topic, partition), records, timestamp),
    );
    if (commit.step !== undefined) {
      const { runner, inputs } = commit.step;
      let journal = journals.get(runner);
      if (journal === undefined)
        journals.set(runner, (journal = { steps: [], positions: new Map(), snapshot: null }));
      journal.steps.push(inputs.map((input) => ({ ...input })));
      for (const { topic, partition, to } of inputs)
        journal.positions.set(partitionKey(topic, partition), to);
      if (commit.snapshot !== undefined)
        journal.snapshot = { state: new Uint8Array(commit.snapshot), step: journal.steps.length };
    }
    this.wake();
    return { firstOffsets };
  }

  private append(key: string, added: readonly NewRecord[], timestamp: number): number {
    let records = this.partitions.get(key);
    if (records === undefined) this.partitions.set(key, (records = []));
    const first = records.length;
    for (const record of added)
      records.push({
        key: record.key,
        value: new Uint8Array(record.value),
        offset: records.length,
        timestamp,
      });
    return first;
  }

  private wake(): void {
    for (const wake of [...this.waiting]) wake();
  }
}

function stateOf(journal: Journal | undefined): RunnerState {
  if (journal === undefined) return { snapshot: null, replay: [], steps: 0, positions: new Map() };
  return {
    snapshot: journal.snapshot,
    replay: journal.steps.slice(journal.snapshot?.step ?? 0),
    steps: journal.steps.length,
    positions: new Map(journal.positions),
  };
}
