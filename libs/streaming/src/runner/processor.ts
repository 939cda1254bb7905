import type { LogRecord } from '../log/log.js';

/** Where a processor's outputs go. Valid during the call of `process` alone. */
export interface Outputs {
  /**
   * True while a step is executed again after a crash: its outputs stand already and `emit` drops them. A processor
   * may skip work whose only fruit is an output.
   */
  readonly suppressed: boolean;
  emit(topic: string, key: string, value: Uint8Array): void;
  /** An immutable file that later records refer to by name. The same name always carries the same bytes. */
  artifact(name: string, bytes: Uint8Array): void;
  /**
   * Gives an artifact up: its name is not used again. It goes once the state has been stored, for until then a crash
   * would have steps executed again that may read it. So it may still be readable for a while: what a processor does
   * must not depend on that.
   */
  discard(name: string): void;
}

/**
 * A pure, synchronous step: records in, outputs out, state changed in place. No clock, no randomness, no I/O.
 * The outputs depend on the order of the records alone, never on how they were cut into calls; but for those of
 * {@link Processor.endStep}, and how steps are cut stands in the journal.
 */
export interface Processor {
  process(topic: string, partition: number, record: LogRecord, outputs: Outputs): void;
  /** Called after the last record of a step, also of one that is executed again. */
  endStep?(outputs: Outputs): void;
  /** All of the state, in a format that carries its version. Nothing changes the bytes afterwards. */
  snapshot(): Uint8Array;
  /** @throws StateFormatError when the bytes are not a state of this processor's version. */
  restore(state: Uint8Array): void;
}

/** A stored state was written by another format or is damaged. */
export class StateFormatError extends Error {
  readonly code = 'state_format';
}

/** A stored state is whole, but of a version of its format that this program does not read. */
export class StateVersionError extends StateFormatError {
  constructor(
    readonly format: string,
    readonly found: number,
    readonly known: number,
  ) {
    super(`version ${found} of ${format}, expected ${known}`);
  }
}

/** Artifacts by name: written once, read by any process. */
export interface ArtifactStore {
  write(name: string, bytes: Uint8Array): Promise<void>;
  /** Synchronous, so that a pure step can look an immutable artifact up. `null` when there is none of that name. */
  read(name: string): Uint8Array | null;
  /** Nothing happens where there is none. */
  remove(name: string): Promise<void>;
}
