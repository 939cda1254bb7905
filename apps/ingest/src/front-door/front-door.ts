import { deviceKey, TOPICS, type ActivityVocabulary, type DeviceId } from '@hark/contracts';
import { LogAwayError, LogFullError, type Commit, type LogWriter, type NewRecord } from '@hark/streaming';
import { DeviceCounts, type DeviceCount } from './device-counts.js';
import { decodeFrontDoorState, encodeFrontDoorState } from './front-door-state.js';
import { IdleDevices } from './idle-devices.js';
import { KnownActivities } from './known-activities.js';
import { Producers, SequenceGapError, type Producer } from './producers.js';
import type { SampleDoor } from './sample-door.js';
import type { Submission } from './submission.js';
import { deadLetterRecords, samplesRecords, tickRecord } from './submission-records.js';

/** Name of the front door's state in the log. */
const RUNNER = 'front-door';

/** Devices remembered as held open by one producer, at most. */
const MAX_HELD = 10_000;

export interface FrontDoorOptions {
  /** The ingest app's writer. Nobody else appends to `samples`. */
  readonly writer: LogWriter;
  readonly activities: ActivityVocabulary;
  /** How long a device is silent before its windows are closed. */
  readonly idleTimeoutMs: number;
  /** Devices that may have windows open from before the start. */
  readonly devices: Iterable<DeviceId>;
  /** Wall clock at the start, milliseconds since 1970. */
  readonly nowMs: number;
  /** The partition that it stands before; default 0. */
  readonly partition?: number;
}

export interface Receipt {
  /** The batch had been taken before, and nothing of it now. */
  readonly duplicate: boolean;
}

export interface ProducerStatus {
  readonly producer: string;
  /** The last batch taken; 0 when there is none. */
  readonly sequence: number;
  readonly finished: boolean;
}

export interface FrontDoorStatus {
  /** Rows since the start. */
  readonly accepted: number;
  readonly rejected: number;
  /** Numbered batches that came again. */
  readonly duplicateBatches: number;
  readonly devices: readonly Readonly<DeviceCount>[];
}

/** A submission that waits for its turn, because the state changes with it. */
interface Waiting {
  readonly submission: Submission;
  readonly resolve: (receipt: Receipt) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * The one way of samples into the log. A submission is one atomic commit: its good rows to `samples`, its refused
 * ones to `dead-letter` and, when the client numbers its batches, the number. {@link accept} resolves when that is
 * on disk.
 */
export class FrontDoor implements SampleDoor {
  /** What the parsers ask about `gt`. */
  readonly activities: KnownActivities;
  private producers: Producers;
  private committedActivities: Set<string>;
  private readonly idle: IdleDevices;
  private readonly counts = new DeviceCounts();
  private duplicateBatches = 0;
  private readonly queue: Waiting[] = [];
  private working = false;
  /** Why the log refused the last commit; null once it has taken one. */
  private refusal: string | null = null;

  /** @throws StateFormatError when the state in the log is of another version. */
  static async open(options: FrontDoorOptions): Promise<FrontDoor> {
    const { snapshot } = await options.writer.runnerState(RUNNER);
    const state =
      snapshot === null ? { producers: [], activities: [] } : decodeFrontDoorState(snapshot.state);
    const frontDoor = new FrontDoor(options, Producers.of(state.producers), state.activities);
    for (const device of options.devices) frontDoor.idle.received(device, options.nowMs, null);
    for (const [id, { devices }] of state.producers) {
      for (const device of devices) frontDoor.idle.received(device, options.nowMs, id);
    }
    return frontDoor;
  }

  private constructor(
    private readonly options: FrontDoorOptions,
    producers: Producers,
    activities: readonly string[],
  ) {
    this.producers = producers;
    this.activities = new KnownActivities(options.activities, activities);
    this.committedActivities = new Set(activities);
    this.idle = new IdleDevices(options.idleTimeoutMs);
  }

  /**
   * Takes a submission; resolves when it is durable, a duplicate when what it repeats is.
   *
   * @throws LogFullError when the disk has no room, SequenceGapError, TooManyProducersError; nothing of the
   * submission stands then.
   */
  async accept(submission: Submission): Promise<Receipt> {
    if (submission.numbering !== undefined) this.producers.admit(submission.numbering.producer);
    const receipt = this.changesState(submission)
      ? await this.inTurn(submission)
      : await this.append(submission);
    await this.options.writer.durable();
    return receipt;
  }

  /**
   * Closes the windows of devices that are due; called every so often. After the log has refused a commit, there is
   * one even where no device is due: while nobody sends, that is how the end of the refusal is noticed.
   *
   * @returns the devices closed.
   */
  async tick(nowMs: number): Promise<readonly DeviceId[]> {
    const due = this.idle.due(nowMs);
    if (due.length === 0) {
      if (this.refusal !== null) await this.write({ appends: [] });
      return due;
    }
    this.idle.closed(due);
    try {
      await this.commit([tickRecord(due, nowMs)], []);
    } catch (error) {
      this.idle.notClosed(due, null);
      throw error;
    }
    return due;
  }

  /** Why nothing can be acknowledged; null = all is well. */
  unavailable(): string | null {
    return this.refusal;
  }

  producer(id: string): ProducerStatus {
    const { sequence, finished } = this.producers.get(id);
    return { producer: id, sequence, finished };
  }

  status(): FrontDoorStatus {
    const { accepted, rejected, devices } = this.counts;
    return { accepted, rejected, duplicateBatches: this.duplicateBatches, devices };
  }

  private changesState({ numbering, batch }: Submission): boolean {
    if (numbering !== undefined) return true;
    return (
      this.options.activities.names === null &&
      batch.labels.some((name) => !this.committedActivities.has(name))
    );
  }

  private async append(submission: Submission): Promise<Receipt> {
    for (const device of devicesOf(submission)) this.idle.received(device, submission.receivedMs, null);
    await this.commit(samplesRecords(submission), deadLetterRecords(submission));
    this.counts.add(submission.batch, submission.rejected, submission.kept);
    return { duplicate: false };
  }

  private inTurn(submission: Submission): Promise<Receipt> {
    return new Promise((resolve, reject) => {
      this.queue.push({ submission, resolve, reject });
      if (!this.working) void this.work();
    });
  }

  /**
   * Commits what waits, together. One commit at a time: the next table is made from one that stands, so that a
   * batch whose commit fails is never remembered as taken.
   */
  private async work(): Promise<void> {
    this.working = true;
    while (this.queue.length > 0) {
      const group = this.queue.splice(0);
      try {
        const receipts = await this.commitGroup(group.map(({ submission }) => submission));
        receipts.forEach((receipt, i) => {
          if (receipt instanceof SequenceGapError) group[i].reject(receipt);
          else group[i].resolve(receipt);
        });
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
    }
    this.working = false;
  }

  private async commitGroup(group: readonly Submission[]): Promise<(Receipt | SequenceGapError)[]> {
    const changes = new Map<string, Producer>();
    const samples: NewRecord[] = [];
    const deadLetters: NewRecord[] = [];
    const ended: [producer: string, devices: readonly DeviceId[]][] = [];
    const receipts = group.map((submission): Receipt | SequenceGapError => {
      const { numbering, receivedMs } = submission;
      if (numbering === undefined) {
        this.take(submission, samples, deadLetters);
        return { duplicate: false };
      }
      const { producer: id, end } = numbering;
      const before = changes.get(id) ?? this.producers.get(id);
      const sequence = numbering.sequence ?? before.sequence;
      const expected = before.sequence + 1;
      if (sequence > expected && numbering.part !== true) return new SequenceGapError(id, sequence, expected);
      const duplicate = numbering.sequence !== null && sequence < expected;
      if (duplicate && (!end || before.finished)) return { duplicate };
      if (!duplicate) this.take(submission, samples, deadLetters);
      const held = this.idle.heldBy(id);
      if (end && held.length > 0) {
        samples.push(tickRecord(held, receivedMs));
        this.idle.closed(held);
        ended.push([id, held]);
      }
      changes.set(id, {
        sequence: duplicate ? before.sequence : sequence,
        finished: end,
        devices: end ? [] : held.slice(0, MAX_HELD),
      });
      return { duplicate };
    });
    await this.commitState(changes, samples, deadLetters).catch((error: unknown) => {
      for (const [id, devices] of ended) this.idle.notClosed(devices, id);
      throw error;
    });
    receipts.forEach((receipt, i) => {
      const { batch, rejected, kept } = group[i];
      if (receipt instanceof SequenceGapError) return;
      if (receipt.duplicate) this.duplicateBatches++;
      else this.counts.add(batch, rejected, kept);
    });
    return receipts;
  }

  private async commitState(
    changes: ReadonlyMap<string, Producer>,
    samples: readonly NewRecord[],
    deadLetters: readonly NewRecord[],
  ): Promise<void> {
    // Batches that came again change nothing.
    if (changes.size === 0 && samples.length === 0 && deadLetters.length === 0) return;
    const producers = this.producers.with(changes);
    const activities = this.activities.names;
    const snapshot = encodeFrontDoorState({ producers: producers.entries, activities });
    await this.commit(samples, deadLetters, snapshot);
    this.producers = producers;
    this.committedActivities = new Set(activities);
  }

  private take(submission: Submission, samples: NewRecord[], deadLetters: NewRecord[]): void {
    const producer = submission.numbering?.producer ?? null;
    for (const device of devicesOf(submission)) this.idle.received(device, submission.receivedMs, producer);
    samples.push(...samplesRecords(submission));
    for (const record of deadLetterRecords(submission)) deadLetters.push(record);
  }

  private async commit(
    samples: readonly NewRecord[],
    deadLetters: readonly NewRecord[],
    snapshot?: Uint8Array,
  ): Promise<void> {
    const { partition = 0 } = this.options;
    const appends = [
      { topic: TOPICS.samples, partition, records: samples },
      { topic: TOPICS.deadLetter, partition, records: deadLetters },
    ].filter(({ records }) => records.length > 0);
    if (appends.length === 0 && snapshot === undefined) return;
    const state = snapshot === undefined ? {} : { step: { runner: RUNNER, inputs: [] }, snapshot };
    await this.write({ appends, ...state });
  }

  private async write(commit: Commit): Promise<void> {
    try {
      await this.options.writer.commit(commit);
      this.refusal = null;
    } catch (error) {
      this.refusal = refusalOf(error);
      throw error;
    }
  }
}

function refusalOf(error: unknown): string {
  if (error instanceof LogAwayError) return 'Kafka is away';
  return error instanceof LogFullError ? 'the disk is full' : 'the log takes no records';
}

/** The devices whose rows a submission holds. */
function devicesOf({ batch }: Submission): DeviceId[] {
  const used = new Uint8Array(batch.streams.length);
  for (let i = 0; i < batch.rows; i++) used[batch.stream[i]] = 1;
  return distinct(batch.streams.filter((_, i) => used[i] === 1));
}

function distinct(devices: readonly DeviceId[]): DeviceId[] {
  return [
    ...new Map(devices.map(({ user, device }) => [deviceKey({ user, device }), { user, device }])).values(),
  ];
}
