import { StateFormatError, type StateReader, type StateWriter } from '@hark/streaming';
import { AXIS_TURNS, NO_TURN } from './axis-turns.js';
import { TurnChange } from './turn-change.js';
import { TurnConfirmation } from './turn-confirmation.js';
import { TurnSums } from './turn-sums.js';

/** Windows kept, on which a turn is tried before it is made. */
const KEPT = 8;
const SUMS = { toll: 0.1, mostAdded: 2 };
/** Turns that are tried at a time. */
const MOST_CANDIDATES = 3;
/** Memory of the misses in windows: 1 / (1 − KEEP). */
const KEEP = 0.8;

/** A labelled window as it came. */
export interface KeptWindow {
  readonly x: Float64Array;
  /** Number of its class. */
  readonly target: number;
  /** Whether the shared model, shown it, took it for another class. */
  readonly missed: boolean;
  /** Whose it is. */
  readonly device: string;
}

/** What is known of how one device is turned. */
export class TurnWatch {
  /** The turn that is made for this device. */
  turn = NO_TURN;
  /** Windows that the shared model got wrong, the older the less; 5 when it always does. */
  misses = 0;
  /** The turn made last, until it is certain. */
  readonly confirmation: TurnConfirmation;
  /** Of its windows as they come, whatever turn is made. */
  readonly change = new TurnChange();
  /** The last labelled windows, oldest first. */
  readonly windows: KeptWindow[] = [];
  /** For each further turn, by how much it makes the windows more likely. */
  private readonly sums = new TurnSums(SUMS);

  /** @param devices how many must speak for a turn before it is certain. */
  constructor(devices: 0 | 2 = 0) {
    this.confirmation = new TurnConfirmation(devices);
  }

  /** Share of misses among the windows kept. */
  get recentError(): number {
    let misses = 0;
    for (const { missed } of this.windows) if (missed) misses++;
    return misses / Math.max(1, this.windows.length);
  }

  /** The turns with at least so many nats in their favour, the most first, at most three. */
  candidates(least: number): readonly number[] {
    return this.sums.from(least).slice(0, MOST_CANDIDATES);
  }

  keep(window: KeptWindow): void {
    this.misses = this.misses * KEEP + (window.missed ? 1 : 0);
    this.windows.push(window);
    if (this.windows.length > KEPT) this.windows.shift();
  }

  /** @param evidence for each turn, in nats. */
  weigh(evidence: Float64Array): void {
    this.sums.add(evidence);
  }

  /** A turn was tried and does not help: it needs new evidence. */
  refuse(turn: number): void {
    this.sums.forget(turn);
  }

  /** Begins anew, after the device is seen in another way. */
  begin(): void {
    this.misses = 0;
    this.windows.length = 0;
    this.sums.clear();
  }

  write(state: StateWriter): void {
    state.u8(this.turn).f64(this.misses);
    this.sums.write(state);
    this.confirmation.write(state);
    this.change.write(state);
    state.u8(this.windows.length);
    for (const { x, target, missed, device } of this.windows) {
      state.f64Array(x).u8(target).bool(missed).string(device);
    }
  }

  /** @param dimensions length of the windows. */
  read(state: StateReader, dimensions: number): void {
    this.turn = state.u8();
    if (this.turn >= AXIS_TURNS.length) throw new StateFormatError(`there is no turn ${this.turn}`);
    this.misses = state.f64();
    this.sums.read(state);
    this.confirmation.read(state);
    this.change.read(state);
    this.windows.length = 0;
    const kept = state.u8();
    if (kept > KEPT) throw new StateFormatError(`${kept} windows kept`);
    for (let i = 0; i < kept; i++) {
      const x = state.f64Array(dimensions);
      this.windows.push({ x, target: state.u8(), missed: state.bool(), device: state.string() });
    }
  }
}
