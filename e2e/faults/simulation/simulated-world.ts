import { TOPICS, type Command, type LabelRecord } from '@hark/contracts';
import { LogFullError, MemoryArtifactStore, MemoryLog, type LogWriter } from '@hark/streaming';
import type { Numbering } from '../../../apps/ingest/src/front-door/submission.js';
import { SeededRandom } from './seeded-random.js';
import {
  startIngest,
  startLearner,
  type AppWorld,
  type SimulatedApp,
  type SimulatedIngest,
} from './simulated-apps.js';
import { START_MS, SimulatedDevice, type SentBatch } from './simulated-clients.js';
import { SimulatedDisk, type DiskFaults, type Rounds } from './simulated-disk.js';

const UTF8 = new TextEncoder();

/** How often what happens, in each round. */
const CHANCES = {
  send: 0.6,
  single: 0.1,
  tick: 0.05,
  command: 0.05,
  label: 0.05,
  killIngest: 0.03,
  killLearner: 0.03,
  takeOver: 0.02,
  full: 0.02,
  room: 0.3,
  clockJump: 0.02,
};
/** As when somebody sets the clock, or it finds the hour again after a night without. */
const LONGEST_CLOCK_JUMP_MS = 3_600_000;
const ROUNDS = 100;
const MOST_ROUNDS_TO_HEAL = 3000;
/** More than a write takes, see {@link SimulatedDisk}. */
const LONGEST_WRITE_ROUNDS = 8;
/** After which a state that follows its step is in effect: many commits, and lives, come in between. */
const LONGEST_FOLLOWING_ROUNDS = 30;

/**
 * Devices, ingest, learner and an operator, in rounds, on a log whose writes are slow and fail; everything by chance,
 * and all chance from one seed. The apps are the real ones but for transport.
 */
export class SimulatedWorld {
  readonly log = new MemoryLog({
    now: () => this.nowMs(),
    following: () => this.rounds.after(this.following.below(LONGEST_FOLLOWING_ROUNDS)),
  });
  readonly artifacts = new MemoryArtifactStore();
  /** Batches with a number, and those without. */
  readonly numbered: SentBatch[] = [];
  readonly singles: SentBatch[] = [];
  kills = 0;
  clockJumps = 0;

  private readonly random: SeededRandom;
  /** Apart, as the clock's, so that a world without is the same. */
  private readonly damage: SeededRandom;
  private readonly clock: SeededRandom;
  private readonly following: SeededRandom;
  private readonly faults: DiskFaults = { full: false, errors: 0.01, damage: 0.1, damaged: 0 };
  private readonly devices: readonly SimulatedDevice[];
  private round = 0;
  private clockOffMs = 0;
  private readonly sleepers: { readonly due: number; readonly wake: () => void }[] = [];
  private readonly rounds: Rounds = {
    after: (rounds) => {
      if (rounds === 0) return Promise.resolve();
      return new Promise((wake) => this.sleepers.push({ due: this.round + rounds, wake }));
    },
  };
  private ingest: SimulatedIngest | null = null;
  /** Of the ingest started last. */
  private starting: SimulatedDisk | null = null;
  private learner: SimulatedApp | null = null;
  private gateway: LogWriter | null = null;

  constructor(seed: number) {
    this.random = new SeededRandom(seed);
    this.damage = new SeededRandom(~seed);
    this.clock = new SeededRandom(seed ^ 0x5eed);
    this.following = new SeededRandom(seed ^ 0xf0110);
    this.devices = ['ann/phone', 'ann/watch', 'bob/phone'].map((name) => {
      const [user, device] = name.split('/');
      return new SimulatedDevice(user, device, new SeededRandom(seed ^ UTF8.encode(name)[0]));
    });
  }

  /** Runs to the end: faults, then a world without any in which everything is retried until it stands. */
  async run(): Promise<SimulatedIngest> {
    this.gateway = await this.log.writer('gateway');
    for (let i = 0; i < ROUNDS; i++) {
      this.act();
      await this.nextRound();
    }
    this.faults.full = false;
    this.faults.errors = 0;
    for (let i = 0; i < MOST_ROUNDS_TO_HEAL; i++) {
      this.revive();
      for (const device of this.devices) if (!device.isSettled) this.send(device);
      await this.nextRound();
      const { ingest } = this;
      if (ingest === null || !(await this.isQuiet())) continue;
      ingest.disk.kill();
      this.learner?.disk.kill();
      // A write that was under way may still stand; then there is more to take.
      for (let rest = 0; rest < LONGEST_WRITE_ROUNDS; rest++) await this.nextRound();
      if (await this.isQuiet()) return ingest;
    }
    throw new Error(`the world was not quiet after ${MOST_ROUNDS_TO_HEAL} rounds without a fault`);
  }

  /** How often a process found its stored state damaged. */
  get damaged(): number {
    return this.faults.damaged;
  }

  /** The wall clock of the machine: it jumps, while the phones' go on. */
  private nowMs(): number {
    return START_MS + 100 * this.round + this.clockOffMs;
  }

  private act(): void {
    const { random } = this;
    this.revive();
    for (const device of this.devices) if (random.chance(CHANCES.send)) this.send(device);
    if (random.chance(CHANCES.single)) this.sendOnce(random.pick(this.devices));
    if (random.chance(CHANCES.tick)) void this.ingest?.frontDoor.tick(this.nowMs()).catch(() => undefined);
    if (random.chance(CHANCES.command)) this.append(TOPICS.commands, this.command());
    if (random.chance(CHANCES.label)) this.append(TOPICS.labels, this.label());
    if (random.chance(CHANCES.killIngest)) this.kill(this.ingest);
    if (random.chance(CHANCES.killLearner)) this.kill(this.learner);
    // Another of the same name while the first still works, as after a pause that was taken for a death.
    if (random.chance(CHANCES.takeOver)) this.startIngest();
    if (this.clock.chance(CHANCES.clockJump)) this.jump(LONGEST_CLOCK_JUMP_MS * this.clock.pick([-1, 0, 1]));
    if (random.chance(this.faults.full ? CHANCES.room : CHANCES.full)) this.faults.full = !this.faults.full;
  }

  private jump(offMs: number): void {
    if (offMs !== this.clockOffMs) this.clockJumps++;
    this.clockOffMs = offMs;
  }

  private kill(app: SimulatedApp | null): void {
    if (app === null || app.disk.isDead) return;
    app.disk.kill();
    this.kills++;
  }

  private revive(): void {
    if (this.ingest === null || this.ingest.disk.isDead) this.startIngest();
    if (this.learner === null || this.learner.disk.isDead) this.startLearner();
  }

  private startIngest(): void {
    const disk = this.disk();
    this.ingest = null;
    this.starting = disk;
    void startIngest(this.world(), disk).then(
      (app) => {
        this.endsWith(app);
        // One that was started since has taken over from it, and this one is not ready.
        if (this.starting === disk) this.ingest = app;
        else disk.kill();
      },
      () => disk.kill(),
    );
  }

  private startLearner(): void {
    const disk = this.disk();
    const starting = startLearner(this.world(), disk);
    this.learner = { disk, running: starting.then(({ running }) => running) };
    this.endsWith(this.learner);
  }

  /** A process whose work cannot go on ends; the supervisor sees that it is dead. */
  private endsWith({ disk, running }: SimulatedApp): void {
    running.catch(() => disk.kill());
  }

  private disk(): SimulatedDisk {
    return new SimulatedDisk(this.log, this.faults, this.rounds, this.random, this.damage);
  }

  private world(): AppWorld {
    return { log: this.log, artifacts: this.artifacts, rounds: this.rounds, nowMs: () => this.nowMs() };
  }

  private send(device: SimulatedDevice): void {
    const sent = device.next();
    if (this.numbered.at(-1) !== sent && !this.numbered.includes(sent)) this.numbered.push(sent);
    this.submit(sent, { producer: device.producer, sequence: device.number, end: false });
  }

  private sendOnce(device: SimulatedDevice): void {
    const sent: SentBatch = {
      id: `single-${this.singles.length}`,
      batch: device.single(),
      outcome: 'unknown',
    };
    this.singles.push(sent);
    this.submit(sent);
  }

  private submit(sent: SentBatch, numbering?: Numbering): void {
    const { batch } = sent;
    this.ingest?.frontDoor
      .accept({ batch, rejected: 0, kept: [], source: 'simulation', receivedMs: this.nowMs(), numbering })
      .then(
        () => (sent.outcome = 'acknowledged'),
        (error: unknown) => {
          if (sent.outcome === 'unknown' && error instanceof LogFullError && numbering === undefined)
            sent.outcome = 'refused';
        },
      );
  }

  private append(topic: string, value: Command | LabelRecord): void {
    const record = { key: '', value: UTF8.encode(JSON.stringify(value)) };
    void this.gateway?.commit({ appends: [{ topic, partition: 0, records: [record] }] });
  }

  private command(): Command {
    const { random } = this;
    return random.pick<Command>([
      { kind: 'snapshot' },
      { kind: 'rollback', to: random.below(6), learning: 'continue', reason: null },
      { kind: 'learning', enabled: random.chance(0.7) },
    ]);
  }

  private label(): LabelRecord {
    const fromMs = START_MS + 500 * this.random.below(20);
    return {
      kind: 'label',
      user: this.random.pick(['ann', 'bob']),
      device: null,
      fromNs: `${fromMs}000000`,
      toNs: `${fromMs + 2000}000000`,
      activity: this.random.pick(['walk', 'sit', 'bike']),
      source: 'user',
    };
  }

  /** Lets everything run that need not wait for a later round. */
  private async nextRound(): Promise<void> {
    this.round++;
    const due = this.sleepers.filter((sleeper) => sleeper.due <= this.round);
    for (const sleeper of due) this.sleepers.splice(this.sleepers.indexOf(sleeper), 1);
    for (const { wake } of due) wake();
    await new Promise((resolve) => setImmediate(resolve));
  }

  /** Every batch stands, and both apps have taken all there is. */
  private async isQuiet(): Promise<boolean> {
    if (this.devices.some((device) => !device.isSettled)) return false;
    const ends: [app: string, runner: string, topics: readonly string[]][] = [
      ['ingest', 'windower', [TOPICS.samples]],
      ['learner', 'learner', [TOPICS.commands, TOPICS.labels, TOPICS.windows]],
    ];
    for (const [app, runner, topics] of ends) {
      const taken = new Map<string, number>();
      for (const step of await this.log.steps(app, runner, 0, Infinity))
        for (const { topic, to } of step) taken.set(topic, to);
      for (const topic of topics) if ((await this.log.end(topic, 0)) > (taken.get(topic) ?? 0)) return false;
    }
    return true;
  }
}
