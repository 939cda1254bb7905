import { setTimeout as sleep } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import { CorruptStateError, type InputRange, type RunnerState } from '../../log/log.js';
import { decodeJournal, NO_STANDING, type JournalMessage, type StateReference } from './journal-message.js';
import type { KafkaConnection } from './kafka-connection.js';
import { journalTopic, stateTopic } from './topic-plan.js';

const FETCH_BYTES = 1 << 20;

/** A message of the journal and its place. */
export interface PlacedJournal {
  readonly kafkaOffset: number;
  readonly message: JournalMessage;
}

/** Reads the journal of one writer: what its runners took, and where they and their states stand. */
export class JournalReader {
  private readonly journal: string;
  private readonly states: string;
  /** Where the steps of a runner that were asked for last ended: steps are mostly asked for in their order. */
  private readonly hints = new Map<string, { readonly step: number; readonly kafkaOffset: number }>();

  constructor(
    prefix: string,
    app: string,
    private readonly partition: number,
    private readonly connection: Pick<KafkaConnection, 'fetch' | 'stableEnd'>,
  ) {
    this.journal = prefix + journalTopic(app);
    this.states = prefix + stateTopic(app);
  }

  /** Kafka's offset behind a message that this process knows to stand: readers are shown it, if only soon. */
  private written = 0;

  wrote(kafkaOffset: number): void {
    this.written = Math.max(this.written, kafkaOffset + 1);
  }

  /** The last message, null when there is none, and Kafka's offset behind everything decided. */
  async last(): Promise<{ readonly message: JournalMessage | null; readonly end: number }> {
    const end = await this.end();
    for (let back = 4; ; back *= 4) {
      const from = Math.max(0, end - back);
      let last: JournalMessage | null = null;
      for await (const { message } of this.messages(from, end)) last = message;
      if (last !== null || from === 0) return { message: last, end };
    }
  }

  /**
   * From the stored state, or from the first step where that is damaged: the journal is kept whole.
   * @throws CorruptStateError where no records made the state.
   */
  async runnerState(runner: string): Promise<RunnerState> {
    const { message, end } = await this.last();
    const { steps, positions, state } = message?.standings[runner] ?? NO_STANDING;
    const bytes = state && (await this.state(state));
    const isDamaged = state !== null && bytes === null;
    const used = isDamaged ? null : state;
    const replay: (readonly InputRange[])[] = [];
    for await (const { message } of this.messages(used?.journalFrom ?? 0, end))
      for (const { runner: name, step, inputs } of message.steps)
        if (name === runner && step >= (used?.step ?? 0)) replay.push(inputs);
    if (replay.length !== steps - (used?.step ?? 0)) throw new CorruptStateError(runner, 'journal');
    if (isDamaged && replay.every((inputs) => inputs.length === 0))
      throw new CorruptStateError(runner, 'snapshot');
    return {
      snapshot: used && bytes && { step: used.step, state: bytes },
      ...{ replay, steps, positions: new Map(Object.entries(positions)) },
      ...(isDamaged && { isDamaged }),
    };
  }

  /** See `LogReader.steps`. */
  async steps(runner: string, from: number, limit: number): Promise<(readonly InputRange[])[]> {
    const end = await this.end();
    const hint = this.hints.get(runner);
    const start = hint?.step === from ? hint.kafkaOffset : await this.find(runner, from, end);
    const found: (readonly InputRange[])[] = [];
    for await (const { kafkaOffset, message } of this.messages(start, end))
      for (const { runner: name, step, inputs } of message.steps) {
        if (name !== runner || step < from) continue;
        found.push(inputs);
        this.hints.set(runner, { step: step + 1, kafkaOffset });
        if (found.length === limit) return found;
      }
    return found;
  }

  private async end(): Promise<number> {
    for (;;) {
      const end = await this.connection.stableEnd(this.journal, this.partition);
      if (end >= this.written) return end;
      await sleep(1);
    }
  }

  /** Kafka's offset at or before the message with this step, found by bisection. */
  private async find(runner: string, step: number, end: number): Promise<number> {
    let low = 0;
    for (let high = end; high - low > 64;) {
      const middle = low + Math.floor((high - low) / 2);
      let before: number | null = null;
      for await (const { message } of this.messages(middle, high)) {
        const own = message.steps.filter((one) => one.runner === runner).length;
        before = (message.standings[runner]?.steps ?? 0) - own;
        break;
      }
      if (before !== null && before <= step) low = middle;
      else high = middle;
    }
    return low;
  }

  private async *messages(from: number, end: number): AsyncGenerator<PlacedJournal> {
    const { journal: topic, partition } = this;
    for (let at = from; at < end;) {
      const [{ messages, next }] = await this.connection.fetch(
        [{ topic, partition, kafkaOffset: at }],
        FETCH_BYTES,
        0,
      );
      for (const { offset, value } of messages)
        yield { kafkaOffset: Number(offset), message: decodeJournal(value!) };
      if (next === at) return;
      at = next;
    }
  }

  /** Null where it is not what was stored. */
  private async state({ pieces, bytes, crc }: StateReference): Promise<Uint8Array | null> {
    const { states: topic, partition } = this;
    const read: Buffer[] = [];
    for (const kafkaOffset of pieces) {
      const [{ messages }] = await this.connection.fetch([{ topic, partition, kafkaOffset }], 1, 0);
      const piece = messages.find(({ offset }) => Number(offset) === kafkaOffset)?.value;
      if (!piece) return null;
      read.push(piece);
    }
    const state = Buffer.concat(read);
    return state.length === bytes && crc32(state) === crc ? state : null;
  }
}
