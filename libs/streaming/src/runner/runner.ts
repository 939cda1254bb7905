import type { Commit, CorruptLogError, InputRange, LogReader, LogWriter } from '../log/log.js';
import { LogFullError, partitionKey } from '../log/log.js';
import { InputReader } from './input-reader.js';
import type { ArtifactStore, Processor } from './processor.js';
import { restoreProcessor, type RepeatedTopic } from './restored-processor.js';
import { admitSettings, recordSettings, type RunnerSettings } from './settings-history.js';
import { CollectedOutputs, endStep, processRecords } from './step.js';

export interface RunnerOptions {
  /** Name under which the writer keeps the journal and the snapshot. */
  readonly name: string;
  readonly log: LogReader;
  readonly writer: LogWriter;
  readonly artifacts: ArtifactStore;
  readonly processor: Processor;
  /** What the processor reads. A step takes from the first as much as it may, then from the second, and so on. */
  readonly inputs: readonly { readonly topic: string; readonly partition: number }[];
  /** Where its outputs and the history of its settings go; default partition 0. */
  readonly partition?: number;
  /** A step ends with the record that reaches this many bytes; see {@link LogReader.read} for how exact that is. */
  readonly maxStepBytes: number;
  /**
   * While the step before is being committed, the next one goes on in pieces of `maxStepBytes` up to so many bytes;
   * default: it does not. So a disk that is slow to commit does not bound how much is taken.
   */
  readonly maxLongStepBytes?: number;
  /**
   * Milliseconds of rest after a step; default none. Where nobody waits for the outputs, a few large steps cost less
   * than the many small ones that a stream makes of itself.
   */
  readonly restMs?: number;
  /** State is stored with the first step after so many bytes of input, and after twice as many as it took itself. */
  readonly snapshotEveryBytes: number;
  /** What the processor was made with; absent: its outputs depend on no settings. */
  readonly settings?: RunnerSettings;
  /** Absent: what steps say when they are executed again is not compared with what stands. */
  readonly repeated?: RepeatedTopic;
  /** Resolves after so many milliseconds, or when the signal is aborted: the wait before a full disk is tried again. */
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** Called when a step's commit has taken effect. */
  readonly onStep?: (step: StepReport) => void;
  /** Called of each damaged part of an input, which is then left out. Absent: the runner ends there. */
  readonly onCorrupt?: ((error: CorruptLogError) => void) | undefined;
  /** Called each time that the disk refused a step and it will be tried again. */
  readonly onFull?: (error: LogFullError) => void;
}

/** A step that stands. */
export interface StepReport {
  readonly inputs: readonly InputRange[];
  readonly records: number;
  readonly bytes: number;
  readonly emitted: number;
  /** Whether the state was handed over with it, to be stored. */
  readonly snapshot: boolean;
}

/** What {@link Runner.recover} did. */
export interface Recovery {
  /** Bytes of the snapshot restored; `null` when there was none. */
  readonly snapshotBytes: number | null;
  /** Steps executed again. */
  readonly steps: number;
  /** Bytes of input executed again. */
  readonly bytes: number;
  /** The stored state is damaged: every step was executed again, and the state is stored anew with the next. */
  readonly isDamaged: boolean;
}

/** Where a runner stands, for a status page. */
export interface RunnerProgress {
  readonly name: string;
  /** Since this process started it, without what was executed again. */
  readonly records: number;
  readonly bytes: number;
  readonly steps: number;
  readonly inputs: readonly {
    readonly topic: string;
    readonly partition: number;
    /** Offset of the next record that the processor takes. */
    readonly position: number;
    /** Records that it has not taken yet. */
    readonly lag: number;
  }[];
}

/** A step that was executed and is not committed. */
interface TakenStep {
  readonly commit: Commit;
  readonly report: StepReport;
  readonly artifacts: readonly WrittenArtifact[];
  readonly state: HandedOver | null;
}

/** A state that was handed over to be stored. */
interface HandedOver {
  /** Steps taken in this process that it holds. */
  readonly steps: number;
  readonly part: Pick<Commit, 'snapshot' | 'snapshotMayFollow'>;
  /** Artifacts that no step executed again can ask for once it is in effect. */
  readonly discarded: readonly string[];
}

interface WrittenArtifact {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** The first attempt to write it. */
  readonly written: Promise<void>;
}

const FIRST_RETRY_MS = 50;
const LONGEST_RETRY_MS = 2000;

/**
 * Drives a processor: reads records, has them processed, and commits outputs, what was read and now and then the
 * state as one atomic step. The records a step took, in their order, are its journal: after a crash the state is
 * restored and the steps behind it are executed again exactly so, with their outputs suppressed. A large state may
 * take effect some steps behind its own ({@link Commit.snapshotMayFollow}); until then no other is handed over.
 *
 * While a step is being committed the next one is executed; it is committed when the one before stands. After any
 * error but a full disk nothing more is committed, and the runner is to be thrown away with its processor.
 */
export class Runner {
  private readonly inputs: InputReader;
  private readonly total = { records: 0, bytes: 0, steps: 0 };
  private bytesSinceSnapshot = 0;
  private snapshotBytes = 0;
  /** Steps taken in this process. */
  private taken = 0;
  /** How many of them the state in effect holds; −1: not even all from before. */
  private stored = 0;
  /** The state handed over that is not in effect yet. */
  private storing: HandedOver | null = null;
  /** Resolves when the last one that followed its step is in effect or given up. */
  private followed: Promise<void> = Promise.resolve();
  /** Artifacts given up since a state was handed over. */
  private discarded: string[] = [];
  private readonly discard = (name: string) => void this.discarded.push(name);
  private recovered = false;
  /** The state is to be stored soon, and whom to wake for it. */
  private storeAsked = false;
  private wake: () => void = () => undefined;
  private failure: { readonly error: unknown } | null = null;
  private inFlight: Promise<void> = Promise.resolve();
  private committing = false;

  constructor(private readonly options: RunnerOptions) {
    this.inputs = new InputReader(options.log, options.onCorrupt);
  }

  /**
   * Brings the processor to where its last committed step left it. Call once, before anything else.
   * @throws StateFormatError, CorruptStateError, LostInputError, ProcessorError, SettingsChangedError
   */
  async recover(): Promise<Recovery> {
    const { name, log, writer, settings, partition = 0 } = this.options;
    const state = await writer.runnerState(name);
    const { snapshot, replay, positions, isDamaged = false } = state;
    const admitted =
      settings === undefined ? null : await admitSettings(name, log, state, settings, partition);
    const bytes = await restoreProcessor(this.options, state, this.discard);
    for (const [key, position] of positions) this.inputs.moveTo(key, position);
    if (settings !== undefined && admitted !== null)
      await recordSettings(writer, settings.topic, admitted, partition);
    this.bytesSinceSnapshot = bytes;
    this.snapshotBytes = snapshot?.state.length ?? 0;
    this.stored = replay.length === 0 && !isDamaged ? 0 : -1;
    this.storeAsked = isDamaged;
    this.recovered = true;
    return { snapshotBytes: snapshot?.state.length ?? null, steps: replay.length, bytes, isDamaged };
  }

  /**
   * Takes steps until `signal` is aborted; then the step begun last stands and the state is stored, so that the next
   * start executes nothing again; or neither is, because the disk was full to the end.
   */
  async run(signal: AbortSignal): Promise<void> {
    try {
      while (!signal.aborted) await this.advanceOrWait(signal);
      await this.settled();
      await this.storeState(signal, false);
      // Its place has been taken; what it would have removed goes now.
      await this.followed;
      await this.settled();
      await this.remove(this.discarded.splice(0));
    } catch (error) {
      if (!(signal.aborted && error instanceof LogFullError)) throw error;
    }
  }

  /**
   * Takes one step and waits until it stands.
   * @returns false when there was nothing to read.
   */
  async step(signal: AbortSignal = NEVER): Promise<boolean> {
    const advanced = await this.advance(signal);
    await this.settled();
    if (!advanced && this.isAskedFor) await this.storeState(signal, true);
    return advanced;
  }

  get name(): string {
    return this.options.name;
  }

  /**
   * Asks for the state to be stored: with the next step, or by itself where there is nothing to read; behind one that is
   * under way.
   */
  storeStateSoon(): void {
    this.storeAsked = true;
    this.wake();
  }

  async progress(): Promise<RunnerProgress> {
    const { name, log } = this.options;
    const inputs = [];
    for (const { topic, partition } of this.options.inputs) {
      const position = this.position(topic, partition);
      const lag = Math.max(0, (await log.end(topic, partition)) - position);
      inputs.push({ topic, partition, position, lag });
    }
    return { name, ...this.total, inputs };
  }

  /** The state is to be stored soon, and none is under way. */
  private get isAskedFor(): boolean {
    return this.storeAsked && this.storing === null;
  }

  /** With a step that takes nothing. */
  private async storeState(signal: AbortSignal, mayFollow: boolean): Promise<void> {
    this.storeAsked = false;
    if (this.stored === this.taken) return;
    const state = this.handOver(mayFollow);
    const commit = { appends: [], step: { runner: this.name, inputs: [] }, ...state.part };
    await this.commitWithState(commit, state, signal);
  }

  /** The state as it is. What was given up so far goes when it is in effect. */
  private handOver(mayFollow: boolean): HandedOver {
    const snapshot = this.options.processor.snapshot();
    const discarded = this.discarded.splice(0);
    this.snapshotBytes = snapshot.length;
    this.bytesSinceSnapshot = 0;
    this.storeAsked = false;
    const part = { snapshot, ...(mayFollow && { snapshotMayFollow: true }) };
    return (this.storing = { steps: this.taken, part, discarded });
  }

  private async commitWithState(
    commit: Commit,
    state: HandedOver | null,
    signal: AbortSignal,
  ): Promise<void> {
    const { writer } = this.options;
    const { followed } = await this.untilThereIsRoom(signal, () => writer.commit(commit));
    if (state === null) return;
    if (followed === undefined) return this.ended(state, true);
    this.followed = followed
      .then((isInEffect) => this.ended(state, isInEffect))
      .catch((error: unknown) => {
        this.failure ??= { error };
      });
  }

  /** The state is in effect; or never will be, and the next one does for it. */
  private async ended(state: HandedOver, isInEffect: boolean): Promise<void> {
    if (this.storing === state) this.storing = null;
    if (!isInEffect) {
      this.discarded.unshift(...state.discarded);
      return;
    }
    this.stored = state.steps;
    await this.remove(state.discarded);
  }

  private position(topic: string, partition: number): number {
    return this.inputs.position(topic, partition) ?? 0;
  }

  private async advanceOrWait(signal: AbortSignal): Promise<void> {
    if (await this.advance(signal)) return this.rest(signal);
    // Asked for before the inputs are looked at once more, so that no commit falls in between.
    const changed = this.options.log.changed(signal);
    const asked = new Promise<void>((resolve) => (this.wake = resolve));
    if (await this.advance(signal)) return this.rest(signal);
    if (this.isAskedFor) await this.storeState(signal, true);
    else await Promise.race(this.storeAsked ? [changed, asked, this.followed] : [changed, asked]);
  }

  private async rest(signal: AbortSignal): Promise<void> {
    const { restMs = 0, sleep } = this.options;
    if (restMs > 0) await sleep(restMs, signal);
  }

  /** Executes a step and, once the one before stands, begins to commit it. */
  private async advance(signal: AbortSignal): Promise<boolean> {
    if (this.failure !== null) throw this.failure.error;
    if (!this.recovered) throw new Error('recover() comes before the first step');
    let taken: TakenStep | null;
    try {
      taken = await this.take(signal);
    } catch (error) {
      this.failure = { error };
      await this.inFlight;
      throw error;
    }
    await this.settled();
    if (taken === null) return false;
    this.committing = true;
    this.inFlight = this.commit(taken, signal)
      .catch((error: unknown) => {
        this.failure ??= { error };
      })
      .finally(() => (this.committing = false));
    return true;
  }

  /** Waits for the commit under way. */
  private async settled(): Promise<void> {
    await this.inFlight;
    if (this.failure !== null) throw this.failure.error;
  }

  private async take(signal: AbortSignal): Promise<TakenStep | null> {
    const { name, processor, maxStepBytes, snapshotEveryBytes, sleep } = this.options;
    const { maxLongStepBytes = 0 } = this.options;
    const artifacts: WrittenArtifact[] = [];
    const outputs = new CollectedOutputs(
      (artifact, bytes) => artifacts.push(this.write(artifact, bytes)),
      this.discard,
    );
    const inputs: InputRange[] = [];
    let records = 0;
    let bytes = 0;
    let atOnce = false;
    for (const { topic, partition } of this.options.inputs) {
      if (bytes >= maxStepBytes) break;
      const isFirst = this.inputs.position(topic, partition) === null;
      const begun = await this.inputs.next(topic, partition, maxStepBytes - bytes);
      const { from } = begun;
      let to = from;
      for (let read = begun.records; read.length > 0;) {
        processRecords(name, processor, topic, partition, read, outputs);
        for (const { value } of read) bytes += value.length;
        records += read.length;
        to += read.length;
        if (!this.committing || bytes >= maxLongStepBytes) break;
        // Lets the commit go on, and whoever else waits.
        await sleep(0, signal);
        const room = Math.min(maxStepBytes, maxLongStepBytes - bytes);
        read = await this.inputs.following(topic, partition, to, room);
      }
      if (to === from) continue;
      // What it begins with may be trimmed before anybody knows that it is needed: it is not to be executed again.
      if (isFirst && from > 0) atOnce = true;
      inputs.push({ topic, partition, from, to });
      this.inputs.moveTo(partitionKey(topic, partition), to);
    }
    if (inputs.length === 0) return null;
    endStep(name, processor, inputs, outputs);
    this.taken++;
    this.bytesSinceSnapshot += bytes;
    const isDue =
      this.storing === null &&
      this.bytesSinceSnapshot >= Math.max(snapshotEveryBytes, 2 * this.snapshotBytes);
    const state = atOnce || isDue || this.isAskedFor ? this.handOver(!atOnce) : null;
    const appends = [...outputs.records].map(([topic, emitted]) => ({
      topic,
      partition: this.options.partition ?? 0,
      records: emitted,
    }));
    return {
      commit: { appends, step: { runner: name, inputs }, ...state?.part },
      report: { inputs, records, bytes, emitted: outputs.count, snapshot: state !== null },
      artifacts,
      state,
    };
  }

  private write(name: string, bytes: Uint8Array): WrittenArtifact {
    const written = this.options.artifacts.write(name, bytes);
    // Looked at when the step is committed.
    written.catch(() => undefined);
    return { name, bytes, written };
  }

  private async commit(step: TakenStep, signal: AbortSignal): Promise<void> {
    const { artifacts, onStep } = this.options;
    for (const { name, bytes, written } of step.artifacts)
      await this.untilThereIsRoom(signal, (first) => (first ? written : artifacts.write(name, bytes)));
    await this.commitWithState(step.commit, step.state, signal);
    this.total.records += step.report.records;
    this.total.bytes += step.report.bytes;
    this.total.steps++;
    onStep?.(step.report);
  }

  /** Removes artifacts; not before the state that no longer needs them is on disk. */
  private async remove(discarded: readonly string[]): Promise<void> {
    if (discarded.length === 0) return;
    await this.options.writer.durable();
    for (const name of discarded) await this.options.artifacts.remove(name);
  }

  /** Tries the same write again and again while the disk is full, or until it is told to stop. */
  private async untilThereIsRoom<Result>(
    signal: AbortSignal,
    write: (first: boolean) => Promise<Result>,
  ): Promise<Result> {
    for (
      let pause = FIRST_RETRY_MS, first = true;
      ;
      pause = Math.min(2 * pause, LONGEST_RETRY_MS), first = false
    ) {
      try {
        return await write(first);
      } catch (error) {
        if (!(error instanceof LogFullError) || signal.aborted) throw error;
        this.options.onFull?.(error);
        await this.options.sleep(pause, signal);
      }
    }
  }
}

const NEVER = new AbortController().signal;
