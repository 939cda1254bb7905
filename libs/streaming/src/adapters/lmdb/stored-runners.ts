import { setImmediate as turn } from 'node:timers/promises';
import type { RootDatabase } from 'lmdb';
import {
  CorruptStateError,
  TrimmedError,
  partitionKey,
  type InputRange,
  type RunnerState,
} from '../../log/log.js';
import { openValue } from './checked-value.js';
import { decodeNumber, journalKey, numberOf, runnerOf, snapshotKey, standingKey } from './keys.js';
import { PUT_RIGHT, repairedPayload } from './repaired-value.js';
import { readSnapshot, snapshotParts, storedGeneration, strayPieceKeys } from './stored-snapshot.js';
import { madeWhole, wholePayload } from './stored-twice.js';

/** Where a runner stands after its last step. */
export interface Standing {
  readonly steps: number;
  readonly positions: ReadonlyMap<string, number>;
}

/** What an environment holds of its app's runners: where each stands, its journal, and its state in two places. */
export class StoredRunners {
  /**
   * @param isReadable moves to the newest transaction; false while there is none yet.
   * @param tell of damage that was made up for.
   */
  constructor(
    private readonly store: RootDatabase<Buffer, Buffer>,
    private readonly isReadable: () => boolean,
    private readonly tell: (what: string, instead: string) => void,
  ) {}

  standing(runner: string): Standing {
    const key = standingKey(runner);
    const value = this.isReadable() ? this.store.get(key) : undefined;
    if (value === undefined) return { steps: 0, positions: new Map() };
    const { steps, positions } = this.parse(runner, 'position', key, value) as {
      steps: number;
      positions: [string, number][];
    };
    return { steps, positions: new Map(positions) };
  }

  /** The runners that have taken a step. */
  names(): string[] {
    if (!this.isReadable()) return [];
    return [...this.store.getKeys({ start: standingKey(''), end: snapshotKey('') })].map(runnerOf);
  }

  /** What the steps from `from` up to `to` (excluded) took, oldest first. */
  steps(runner: string, from: number, to: number): (readonly InputRange[])[] {
    const steps: (readonly InputRange[])[] = [];
    if (!this.isReadable()) return steps;
    for (const { number, inputs } of this.journal(runner, from, to)) {
      if (number !== from + steps.length) break;
      steps.push(inputs);
    }
    if (steps.length === 0 && from < to) {
      const first = this.firstStep(runner);
      if (from < first) throw new TrimmedError(`the journal of ${runner}`, from, first);
    }
    return steps;
  }

  /** The first step that the journal holds, or the next one where it holds none. */
  firstStep(runner: string): number {
    if (!this.isReadable()) return 0;
    for (const key of this.journalKeys(runner, Infinity, 1)) return numberOf(key);
    return this.standing(runner).steps;
  }

  /** Keys of the first entries of the journal that lie before a step. */
  journalKeys(runner: string, before: number, limit: number): Buffer[] {
    const end = journalKey(runner, Math.min(before, Number.MAX_SAFE_INTEGER));
    return [...this.store.getKeys({ start: journalKey(runner, 0), end, limit })];
  }

  /** See {@link TrimmableLog.needs}; null where the runner has taken nothing of the topic. */
  need(runner: string, topic: string, partition: number): number | null {
    const position = this.standing(runner).positions.get(partitionKey(topic, partition));
    if (position === undefined) return null;
    for (const { inputs } of this.journal(runner, 0, Number.MAX_SAFE_INTEGER))
      for (const range of inputs)
        if (range.topic === topic && range.partition === partition) return range.from;
    return position;
  }

  /**
   * Number of steps that the stored state of a runner holds; 0 where there is none that can be read. All of it is read,
   * a part of a large one at a time: whoever waits goes on in between.
   */
  async snapshotStep(runner: string): Promise<number> {
    let step = 0;
    if (!this.isReadable()) return step;
    for (const part of snapshotParts(this.store, runner)) {
      const payload = wholePayload(part);
      if (payload === null) return 0;
      if (step === 0) step = decodeNumber(payload);
      await turn();
    }
    return step;
  }

  /**
   * From the stored state, wherever it can be read; from the first step where it can't.
   * @throws CorruptStateError where that can't be either: the journal is trimmed, or says nothing of what made the state.
   */
  runnerState(runner: string): RunnerState {
    const standing = this.standing(runner);
    const stored = readSnapshot(this.store, runner);
    if (stored?.whole === null) return this.wholeJournal(runner, standing);
    if (stored?.isFirstDamaged) this.tell(`snapshot of ${runner}`, 'its copy is used');
    if (stored?.isCopyDamaged) this.tell(`copy of the snapshot of ${runner}`, 'the snapshot itself is whole');
    const snapshot = stored?.whole ?? null;
    return { ...standing, snapshot, replay: this.replay(runner, snapshot?.step ?? 0, standing.steps) };
  }

  /** What makes both places of a state hold what can be read of it. */
  snapshotRepair(runner: string): (readonly [key: Buffer, value: Buffer])[] {
    const changes: (readonly [Buffer, Buffer])[] = [];
    if (this.isReadable())
      for (const part of snapshotParts(this.store, runner)) changes.push(...madeWhole(part));
    return changes;
  }

  /** Generation of the pieces that are the runner's state; 0 where it is not in pieces. */
  generation(runner: string): number {
    return this.isReadable() ? storedGeneration(this.store, runner) : 0;
  }

  /** Keys of pieces of states that are not the runner's state; at most so many. */
  strayPieceKeys(runner: string, limit: number): Buffer[] {
    return this.isReadable() ? strayPieceKeys(this.store, runner, limit) : [];
  }

  private wholeJournal(runner: string, standing: Standing): RunnerState {
    const lost = new CorruptStateError(runner, 'snapshot');
    if (this.firstStep(runner) > 0) throw lost;
    const replay = this.replay(runner, 0, standing.steps);
    // A state that no records made can't be made of them again.
    if (replay.every((inputs) => inputs.length === 0)) throw lost;
    this.tell(`snapshot of ${runner}`, 'every step is executed again from the first');
    return { ...standing, snapshot: null, replay, isDamaged: true };
  }

  private replay(runner: string, from: number, to: number): (readonly InputRange[])[] {
    const replay = this.steps(runner, from, to);
    if (replay.length !== to - from) throw new CorruptStateError(runner, 'journal');
    return replay;
  }

  private *journal(
    runner: string,
    from: number,
    to: number,
  ): Generator<{ number: number; inputs: InputRange[] }> {
    const range = { start: journalKey(runner, from), end: journalKey(runner, to) };
    for (const { key, value } of this.store.getRange(range)) {
      const number = numberOf(key);
      yield { number, inputs: this.parse(runner, `journal entry ${number}`, key, value) as InputRange[] };
    }
  }

  private parse(runner: string, what: string, key: Buffer, value: Buffer): unknown {
    let payload = openValue(key, value);
    if (payload === null) {
      payload = repairedPayload(key, value);
      if (payload === null) throw new CorruptStateError(runner, what);
      this.tell(`${what} of ${runner}`, PUT_RIGHT);
    }
    return JSON.parse(payload.toString('utf8'));
  }
}

/** What {@link StoredRunners.standing} reads back. */
export function encodeStanding(standing: Standing): Buffer {
  return Buffer.from(JSON.stringify({ steps: standing.steps, positions: [...standing.positions] }));
}

export function encodeInputs(inputs: readonly InputRange[]): Buffer {
  return Buffer.from(JSON.stringify(inputs));
}

export function advance(standing: Standing, inputs: readonly InputRange[]): Standing {
  const positions = new Map(standing.positions);
  for (const { topic, partition, to } of inputs) positions.set(partitionKey(topic, partition), to);
  return { steps: standing.steps + 1, positions };
}
