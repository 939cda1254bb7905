import { StateReader, StateWriter } from '@hark/streaming';
import type { Derivation } from './derivation.js';

/** A derivation's state before the record at `offset`; null = nothing has been taken yet. */
export interface Checkpoint {
  readonly offset: number;
  readonly state: Uint8Array | null;
}

const FORMAT = 'hark.derivation';
const FORMAT_VERSION = 2;
/** A derivation's `read` tells it by the version of the state. */
const OLDEST_VERSION = 1;

/** Records between two checkpoints, at least: so many are taken again to go on from any offset. */
const SPACING = 32_768;
/** And so many for each device or user remembered, so that copies stay cheap beside the work itself. */
const SPACING_PER_KEY = 8;

/**
 * States of a derivation along the log, so that it can be taken up again anywhere. Their size is bounded: when they
 * grow over it, every second one goes, the oldest first to be sparse.
 */
export class Checkpoints {
  private kept: { readonly offset: number; readonly state: Uint8Array }[] = [];

  /** @param followed whether somebody appends to them: readers then add nothing behind what was appended last. */
  constructor(
    private readonly followed: boolean,
    private readonly maxBytes = 4_194_304,
  ) {}

  /** The last at or before the offset; from nothing at the latest. */
  nearest(offset: number): Checkpoint {
    return this.kept.findLast((each) => each.offset <= offset) ?? { offset: 0, state: null };
  }

  /** The newest; from nothing where there is none. */
  get last(): Checkpoint {
    return this.nearest(Infinity);
  }

  /** Of all states kept. */
  get bytes(): number {
    return this.kept.reduce((sum, { state }) => sum + state.length, 0);
  }

  /** Keeps the state before the record at `offset`, which is after all that are kept. */
  append(offset: number, derivation: Derivation): void {
    if (offset <= this.last.offset) return;
    this.kept.push({ offset, state: this.stateOf(derivation) });
    this.thin();
  }

  /** Keeps the state before the record at `offset` when no other is near. */
  offer(offset: number, derivation: Derivation): void {
    const spacing = Math.max(SPACING, SPACING_PER_KEY * derivation.size);
    const before = this.nearest(offset);
    if (offset - before.offset < spacing) return;
    const after = this.kept.findIndex((each) => each.offset > offset);
    if (after < 0 ? this.followed : this.kept[after].offset - offset < spacing) return;
    this.kept.splice(after < 0 ? this.kept.length : after, 0, { offset, state: this.stateOf(derivation) });
    this.thin();
  }

  write(state: StateWriter): void {
    state.u32(this.kept.length);
    for (const each of this.kept) state.f64(each.offset).bytes(each.state);
  }

  read(state: StateReader): void {
    this.kept = [];
    for (let left = state.u32(); left > 0; left--)
      this.kept.push({ offset: state.f64(), state: state.bytes() });
  }

  /** About as long as the one before. */
  private stateOf(derivation: Derivation): Uint8Array {
    return stateOf(derivation, Math.ceil(1024 + 1.06 * (this.last.state?.length ?? 0)));
  }

  private thin(): void {
    let { bytes } = this;
    // From the oldest on; the newest always stays.
    for (
      let i = 0;
      bytes > this.maxBytes && this.kept.length > 1;
      i = i + 1 < this.kept.length - 1 ? i + 1 : 0
    )
      bytes -= this.kept.splice(i, 1)[0].state.length;
  }
}

/** A derivation's state by itself. */
export function stateOf(derivation: Derivation, expectedBytes?: number): Uint8Array {
  const state = new StateWriter(FORMAT, FORMAT_VERSION, expectedBytes);
  derivation.write(state);
  return state.finish();
}

/** @throws StateFormatError */
export function restoreTo(derivation: Derivation, bytes: Uint8Array): void {
  const state = new StateReader(bytes, FORMAT, FORMAT_VERSION, OLDEST_VERSION);
  derivation.read(state);
  state.finish();
}
