import { join } from 'node:path';
import type {
  InputRange,
  LogRecord,
  LogWriter,
  RunnerState,
  StoredDamage,
  TrimmableLog,
  TrimmingWriter,
} from '../../log/log.js';
import { LogClosedError } from '../../log/log.js';
import { HARK_TOPIC_OWNERS, NotOwnerError, ownerOf, type TopicOwners } from '../../log/topic-owners.js';
import { AppEnvironment } from './app-environment.js';
import { ChangePoller } from './change-poller.js';
import { readOrMakeEpoch } from './epoch.js';
import { watchFiles } from './file-watch.js';
import { LmdbWriter } from './lmdb-writer.js';
import { SizeMarks } from './size-marks.js';

export interface LmdbLogOptions {
  /** Folder of the log, made when absent. Each writing app has a folder in it, named as the app. */
  readonly dir: string;
  readonly owners?: TopicOwners;
  /** Wall clock in milliseconds, for the timestamps of records. */
  readonly now?: () => number;
  /** Called once of each damage that is made up for. */
  readonly onDamage?: (damage: StoredDamage) => void;
}

/**
 * The log in a folder, without a server: one LMDB environment for each app that writes, so that writers never wait
 * for each other. Any number of processes may open the same folder; one that has not been written to yet is empty.
 *
 * The values of records read are views of the frame that they were committed in (up to 1 MiB): copy one to keep it.
 */
export class LmdbLog implements TrimmableLog {
  readonly epoch: string;
  private readonly dir: string;
  private readonly owners: TopicOwners;
  private readonly now: () => number;
  private readonly onDamage: (damage: StoredDamage) => void;
  private readonly environments = new Map<string, AppEnvironment>();
  private readonly writers = new Set<LogWriter>();
  private readonly poller = new ChangePoller(
    () => this.transactions(),
    (changed) => watchFiles([this.dir, ...this.dataFiles()], changed),
  );
  private closing: Promise<void> | null = null;

  constructor(options: LmdbLogOptions) {
    this.dir = options.dir;
    this.owners = options.owners ?? HARK_TOPIC_OWNERS;
    this.now = options.now ?? Date.now;
    this.onDamage = options.onDamage ?? (() => undefined);
    this.epoch = readOrMakeEpoch(this.dir);
  }

  async read(
    topic: string,
    partition: number,
    from: number,
    maxBytes: number,
  ): Promise<readonly LogRecord[]> {
    return this.environmentOf(topic)?.read(topic, partition, from, maxBytes) ?? [];
  }

  lookUp(topic: string, partition: number, offset: number): LogRecord | null {
    const environment = this.environmentOf(topic);
    if (environment === null || offset < environment.earliest(topic, partition)) return null;
    return environment.read(topic, partition, offset, 1)[0] ?? null;
  }

  async end(topic: string, partition: number): Promise<number> {
    return this.environmentOf(topic)?.end(topic, partition) ?? 0;
  }

  async earliest(topic: string, partition: number): Promise<number> {
    return this.environmentOf(topic)?.earliest(topic, partition) ?? 0;
  }

  async bytes(topic: string, partition: number): Promise<number> {
    return this.sizes(topic)?.bytes(topic, partition) ?? 0;
  }

  async offsetKeeping(topic: string, partition: number, bytes: number): Promise<number> {
    return this.sizes(topic)?.offsetKeeping(topic, partition, bytes) ?? 0;
  }

  async needs(topic: string, partition: number): Promise<ReadonlyMap<string, number>> {
    const needs = new Map<string, number>();
    for (const app of Object.keys(this.owners))
      for (const runner of this.runners(app)) {
        const need = this.environment(app)?.runners.need(runner, topic, partition) ?? null;
        if (need !== null) needs.set(`${app}/${runner}`, need);
      }
    return needs;
  }

  async steps(
    app: string,
    runner: string,
    from: number,
    limit: number,
  ): Promise<readonly (readonly InputRange[])[]> {
    return this.environment(app)?.runners.steps(runner, from, from + limit) ?? [];
  }

  async runnerState(app: string, runner: string): Promise<RunnerState> {
    const none: RunnerState = { snapshot: null, replay: [], steps: 0, positions: new Map() };
    return this.environment(app)?.runners.runnerState(runner) ?? none;
  }

  async firstStep(app: string, runner: string): Promise<number> {
    return this.environment(app)?.runners.firstStep(runner) ?? 0;
  }

  /** The runners of an app that have taken a step. */
  runners(app: string): readonly string[] {
    return this.environment(app)?.runners.names() ?? [];
  }

  changed(signal: AbortSignal): Promise<void> {
    return this.closing === null ? this.poller.changed(signal) : Promise.reject(new LogClosedError());
  }

  async writer(app: string): Promise<TrimmingWriter> {
    const topics = this.owners[app];
    if (topics === undefined) throw new NotOwnerError(app, '(any)');
    if (this.closing !== null) throw new LogClosedError();
    let environment = this.environments.get(app);
    if (environment === undefined || !environment.writable) {
      // LMDB must not have an environment open twice in one process.
      await environment?.close();
      this.environments.set(app, (environment = AppEnvironment.open(join(this.dir, app), this.onDamage)));
    }
    const writer = await LmdbWriter.open(app, environment, {
      topics,
      now: this.now,
      committed: () => this.poller.wake(),
    });
    this.writers.add(writer);
    return writer;
  }

  /** Lets the commits that were called finish, then closes. */
  close(): Promise<void> {
    return (this.closing ??= this.closeAll());
  }

  private async closeAll(): Promise<void> {
    this.poller.wake();
    for (const writer of this.writers) await writer.close();
    for (const environment of this.environments.values()) await environment.close();
    this.environments.clear();
  }

  private environmentOf(topic: string): AppEnvironment | null {
    const app = ownerOf(this.owners, topic);
    return app === null ? null : this.environment(app);
  }

  private sizes(topic: string): SizeMarks | null {
    const environment = this.environmentOf(topic);
    return environment === null ? null : new SizeMarks(environment);
  }

  private environment(app: string): AppEnvironment | null {
    if (this.closing !== null) throw new LogClosedError();
    const opened = this.environments.get(app);
    if (opened !== undefined) return opened;
    const environment = AppEnvironment.openExisting(join(this.dir, app), this.onDamage);
    if (environment !== null) this.environments.set(app, environment);
    return environment;
  }

  private dataFiles(): string[] {
    return Object.keys(this.owners).map((app) => join(this.dir, app, 'data.mdb'));
  }

  private transactions(): number {
    let sum = 0;
    for (const app of Object.keys(this.owners)) sum += this.environment(app)?.transactions() ?? 0;
    return sum;
  }
}
