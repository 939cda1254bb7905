import { partitionOf } from '@hark/streaming';
import type { FrontDoor, ProducerStatus, Receipt } from '../front-door/front-door.js';
import type { KnownActivities } from '../front-door/known-activities.js';
import { SequenceGapError } from '../front-door/producers.js';
import type { SampleDoor } from '../front-door/sample-door.js';
import type { Numbering, Submission } from '../front-door/submission.js';
import type { Peers } from './peers.js';
import { splitBatch } from './split-batch.js';

export interface PartitionedDoorOptions {
  readonly partitions: number;
  readonly activities: KnownActivities;
  /** The front door of a partition that this process works; null where another does. */
  readonly local: (partition: number) => Pick<FrontDoor, 'accept' | 'producer'> | null;
  readonly peers: Pick<Peers, 'accept' | 'producer'>;
}

/**
 * The front door of a service of several partitions, the same in every ingest process: rows go to the partition of
 * their user, here or at the process that works it.
 *
 * Who numbers batches has a home partition, which keeps the order: a batch goes there whole, and from there each part
 * to its partition, which takes a number once, before home takes it. So a batch that comes again after a failure in
 * between is taken by exactly those partitions that did not have it.
 */
export class PartitionedDoor implements SampleDoor {
  /** The last batch under way of each producer at home here. */
  private readonly turns = new Map<string, Promise<unknown>>();

  constructor(private readonly options: PartitionedDoorOptions) {}

  get activities(): KnownActivities {
    return this.options.activities;
  }

  /**
   * @throws what a {@link FrontDoor} throws, and PartitionAwayError while a partition moves: then the parts of other
   * partitions may stand. Sent again, a numbered batch goes on where it stopped; the samples of another that stand
   * already are duplicates to the windower.
   */
  async accept(submission: Submission): Promise<Receipt> {
    const { numbering } = submission;
    if (numbering === undefined) return this.spread(submission);
    const home = this.homeOf(numbering.producer);
    if (this.options.local(home) === null) return this.options.peers.accept(home, submission);
    return this.atHome(submission, numbering);
  }

  /** Takes what another process has handed on to a partition that is worked here. */
  async takeHandedOn(partition: number, submission: Submission): Promise<Receipt | null> {
    const door = this.options.local(partition);
    if (door === null) return null;
    const { numbering } = submission;
    // A part of a batch goes no further; a whole one comes to its producer's home.
    if (numbering === undefined || numbering.part === true) return door.accept(submission);
    return this.atHome(submission, numbering);
  }

  async producer(id: string): Promise<ProducerStatus> {
    const home = this.homeOf(id);
    return this.options.local(home)?.producer(id) ?? this.options.peers.producer(home, id);
  }

  private homeOf(producer: string): number {
    return partitionOf(producer, this.options.partitions);
  }

  /** One batch of a producer after the other. */
  private atHome(submission: Submission, numbering: Numbering): Promise<Receipt> {
    const { producer } = numbering;
    const before = this.turns.get(producer) ?? Promise.resolve();
    const turn = before.catch(() => undefined).then(() => this.takeNumbered(submission, numbering));
    this.turns.set(producer, turn);
    const done = () => {
      if (this.turns.get(producer) === turn) this.turns.delete(producer);
    };
    turn.then(done, done);
    return turn;
  }

  private async takeNumbered(submission: Submission, numbering: Numbering): Promise<Receipt> {
    const { producer, sequence, end } = numbering;
    const home = this.homeOf(producer);
    const expected = (await this.producer(producer)).sequence + 1;
    if (sequence !== null && sequence > expected) throw new SequenceGapError(producer, sequence, expected);
    const parts = this.partsOf(submission);
    // An end closes the windows of the producer's devices wherever they are.
    const partitions = end ? range(this.options.partitions) : [...parts.keys()];
    const others = partitions.filter((partition) => partition !== home);
    const part = (partition: number): Submission => parts.get(partition) ?? emptied(submission);
    await all(
      others.map((partition) =>
        this.put(partition, { ...part(partition), numbering: { ...numbering, part: true } }),
      ),
    );
    return this.put(home, { ...part(home), numbering: { ...numbering, part: true } });
  }

  private async spread(submission: Submission): Promise<Receipt> {
    await all([...this.partsOf(submission)].map(([partition, part]) => this.put(partition, part)));
    return { duplicate: false };
  }

  private put(partition: number, part: Submission): Promise<Receipt> {
    return this.options.local(partition)?.accept(part) ?? this.options.peers.accept(partition, part);
  }

  /** The refused rows, whose users may be unknown, stand with the first part; of a producer's batch, at its home. */
  private partsOf(submission: Submission): Map<number, Submission> {
    const { batch, rejected, numbering } = submission;
    const split = splitBatch(batch, this.options.partitions);
    const [first = 0] = split.keys();
    const refused = numbering === undefined ? first : this.homeOf(numbering.producer);
    const parts = new Map<number, Submission>();
    for (const [partition, rows] of split) {
      if (rows.rows === 0) continue;
      const part = { ...emptied(submission), batch: rows };
      parts.set(partition, rows === batch ? { ...part, encoded: submission.encoded } : part);
    }
    if (rejected === 0) return parts;
    const { kept } = submission;
    return parts.set(refused, { ...(parts.get(refused) ?? emptied(submission)), rejected, kept });
  }
}

function emptied({ batch, source, receivedMs }: Submission): Submission {
  return { batch: { ...batch, rows: 0, streams: [], labels: [] }, rejected: 0, kept: [], source, receivedMs };
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

/** Resolves when all have; rejects, with the first failure, only when none is under way any more. */
async function all<T>(work: readonly Promise<T>[]): Promise<void> {
  const failed = (await Promise.allSettled(work)).find(({ status }) => status === 'rejected');
  if (failed !== undefined) throw (failed as PromiseRejectedResult).reason;
}
