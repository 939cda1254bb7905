import {
  LogFullError,
  type Commit,
  type CommitResult,
  type Log,
  type LogWriter,
  type RunnerState,
} from '@hark/streaming';
import type { SeededRandom } from './seeded-random.js';

/** The process has been killed: nothing that it still does takes effect. */
export class SimulatedDeath extends Error {}

/** The disk failed a write, as EIO: nobody knows why, and nothing of it stands. */
export class SimulatedDiskError extends Error {}

/** Rounds of the simulated world, in which everything waits for everything. */
export interface Rounds {
  /** Resolves after so many rounds. */
  after(rounds: number): Promise<void>;
}

/** How the disk fails, over all processes. */
export interface DiskFaults {
  /** While true every write is refused. */
  full: boolean;
  /** Probability that a write fails for no reason that is told. */
  errors: number;
  /** Probability that a state is damaged, its copy too, when a process starts. */
  damage: number;
  /** How often that was so. */
  damaged: number;
}

/**
 * A process's own view of a log: its writes take a while, may be refused or fail, and end with its death. A write
 * under way at that moment stands as a whole or not at all, which nobody is told.
 */
export class SimulatedDisk {
  private dead = false;
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly log: Log,
    private readonly faults: DiskFaults,
    private readonly rounds: Rounds,
    private readonly random: SeededRandom,
    private readonly damage: SeededRandom,
  ) {}

  async writer(app: string): Promise<LogWriter> {
    const writer = await this.log.writer(app);
    return {
      commit: (commit) => this.inOrder(() => this.commit(writer, commit)),
      durable: () => this.inOrder(() => this.alive(() => writer.durable())),
      runnerState: (runner) => this.alive(() => this.runnerState(writer, app, runner)),
      close: () => writer.close(),
    };
  }

  /** As `kill -9`. */
  kill(): void {
    this.dead = true;
  }

  get isDead(): boolean {
    return this.dead;
  }

  private async commit(writer: LogWriter, commit: Commit): Promise<CommitResult> {
    await this.rounds.after(this.random.below(4));
    if (this.dead && this.random.chance(0.5)) throw new SimulatedDeath();
    if (this.faults.full) throw new LogFullError('no room');
    if (this.random.chance(this.faults.errors)) throw new SimulatedDiskError();
    const result = await writer.commit(commit);
    await this.rounds.after(this.random.below(3));
    if (this.dead) throw new SimulatedDeath();
    return result;
  }

  /** A state that records made is made of them again; any other has a copy, and is read from that. */
  private async runnerState(writer: LogWriter, app: string, runner: string): Promise<RunnerState> {
    const state = await writer.runnerState(runner);
    if (state.snapshot === null || !this.damage.chance(this.faults.damage)) return state;
    const replay = await this.log.steps(app, runner, 0, Infinity);
    if (replay.every((inputs) => inputs.length === 0)) return state;
    this.faults.damaged++;
    return { ...state, snapshot: null, replay, isDamaged: true };
  }

  private alive<T>(work: () => Promise<T>): Promise<T> {
    return this.dead ? Promise.reject(new SimulatedDeath()) : work();
  }

  /** Writes of one process take effect in the order of the calls; after its death no new one begins. */
  private inOrder<T>(work: () => Promise<T>): Promise<T> {
    const result = this.last.then(() => this.alive(work));
    this.last = result.catch(() => undefined);
    return result;
  }
}
