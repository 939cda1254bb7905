import { MAX_ACTIVITIES } from '@hark/contracts';
import { StateFormatError, type StateReader, type StateWriter } from '@hark/streaming';

/** What was believed of a window: probabilities by class number. */
export interface Belief {
  startMs: number;
  belief: Float64Array;
}

/** Early windows remembered: the newest, and the one before it for when the newest comes again with more samples. */
const EARLY = 2;

/** The beliefs of one device that later windows may go on from: of its last final window and its newest early ones. */
export class BeliefChain {
  private final: Belief | null = null;
  /** Ascending by start. */
  private readonly early: Belief[] = [];

  /** The belief that a window goes on from; null when there is none. A final one goes on from a final one. */
  before(startMs: number, final: boolean): Readonly<Belief> | null {
    if (!final) {
      for (let i = this.early.length - 1; i >= 0; i--) {
        if (this.early[i].startMs < startMs) return this.early[i];
      }
    }
    return this.final !== null && this.final.startMs < startMs ? this.final : null;
  }

  /** Remembers a copy of `belief`, unless the device is already further. */
  add(startMs: number, final: boolean, belief: Float64Array): void {
    if (this.final !== null && startMs <= this.final.startMs) return;
    if (final) {
      this.final = taking(this.final, startMs, belief);
      while (this.early.length > 0 && this.early[0].startMs <= startMs) this.early.shift();
      return;
    }
    const { early } = this;
    const at = early.findIndex((entry) => entry.startMs >= startMs);
    if (at < 0)
      early.push(taking(early.length === EARLY ? (early.shift() as Belief) : null, startMs, belief));
    else if (early[at].startMs === startMs) taking(early[at], startMs, belief);
  }

  write(state: StateWriter): void {
    state.bool(this.final !== null);
    if (this.final !== null) state.f64(this.final.startMs).f64Array(this.final.belief);
    state.u8(this.early.length);
    for (const { startMs, belief } of this.early) state.f64(startMs).f64Array(belief);
  }

  /** @throws StateFormatError */
  static read(state: StateReader): BeliefChain {
    const chain = new BeliefChain();
    if (state.bool()) chain.final = readBelief(state);
    const early = state.u8();
    if (early > EARLY) throw new StateFormatError(`${early} early beliefs`);
    for (let i = 0; i < early; i++) chain.early.push(readBelief(state));
    return chain;
  }
}

/** Writes over `entry` where there is one of the same length. */
function taking(entry: Belief | null, startMs: number, belief: Float64Array): Belief {
  if (entry === null) return { startMs, belief: belief.slice() };
  entry.startMs = startMs;
  if (entry.belief.length === belief.length) entry.belief.set(belief);
  else entry.belief = belief.slice();
  return entry;
}

function readBelief(state: StateReader): Belief {
  const startMs = state.f64();
  const belief = state.f64Array();
  if (!Number.isFinite(startMs) || belief.length === 0 || belief.length > MAX_ACTIVITIES) {
    throw new StateFormatError('a belief is damaged');
  }
  for (const p of belief) if (!(p >= 0 && p <= 1)) throw new StateFormatError(`a belief of ${p}`);
  return { startMs, belief };
}
