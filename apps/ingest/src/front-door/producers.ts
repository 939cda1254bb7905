import type { DeviceId } from '@hark/contracts';

/** A client that numbers its batches. */
export interface Producer {
  /** The last batch taken; 0 before the first. */
  readonly sequence: number;
  /** It has said that there is no more. */
  readonly finished: boolean;
  /** Its devices with windows possibly open; none when it has finished. */
  readonly devices: readonly DeviceId[];
}

export type ProducerEntries = readonly (readonly [id: string, producer: Producer])[];

const UNKNOWN: Producer = { sequence: 0, finished: false, devices: [] };

/** A number was left out: the batches in between would be lost unseen. */
export class SequenceGapError extends Error {
  readonly code = 'sequence_gap';
  constructor(
    readonly producer: string,
    readonly found: number,
    readonly expected: number,
  ) {
    super(
      `Hark-Sequence is ${found} where ${expected} is expected of ${JSON.stringify(producer)}; nothing of this ` +
        `request was taken: send batch ${expected} first`,
    );
  }
}

/** Too many clients number their batches without ever finishing. */
export class TooManyProducersError extends Error {
  readonly code = 'too_many_producers';
  constructor(readonly limit: number) {
    super(`${limit} producers have not finished; end one with Hark-End: 1, or send without Hark-Producer`);
  }
}

/** Who has numbered batches, in the order of their last one. Immutable: a table takes effect with its commit. */
export class Producers {
  private readonly unfinished: number;

  private constructor(
    private readonly table: ReadonlyMap<string, Producer>,
    private readonly limit: number,
  ) {
    let unfinished = 0;
    for (const { finished } of table.values()) if (!finished) unfinished++;
    this.unfinished = unfinished;
  }

  /** @param limit how many are kept that have finished, and how many may be unfinished. */
  static of(entries: ProducerEntries, limit = 10_000): Producers {
    return new Producers(new Map(entries), limit);
  }

  get(id: string): Producer {
    return this.table.get(id) ?? UNKNOWN;
  }

  /** @throws TooManyProducersError when this producer would be one more than may be unfinished. */
  admit(id: string): void {
    if (this.unfinished >= this.limit && !this.table.has(id)) throw new TooManyProducersError(this.limit);
  }

  /**
   * The table with these producers changed. Of those that have finished the oldest are dropped: they count from 1
   * again.
   */
  with(changes: ReadonlyMap<string, Producer>): Producers {
    const table = new Map(this.table);
    for (const [id, producer] of changes) {
      table.delete(id);
      table.set(id, producer);
    }
    const finished = [...table].filter(([, producer]) => producer.finished).map(([id]) => id);
    for (const id of finished.slice(0, Math.max(0, finished.length - this.limit))) table.delete(id);
    return new Producers(table, this.limit);
  }

  get entries(): ProducerEntries {
    return [...this.table];
  }
}
