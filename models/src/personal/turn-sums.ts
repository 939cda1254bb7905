import type { StateReader, StateWriter } from '@hark/streaming';
import { AXIS_TURNS } from './axis-turns.js';

/** No sum grows beyond it, so that what is contradicted is soon forgotten. */
const MOST = 20;

export interface TurnSumsOptions {
  /** Nats that each window takes off each turn, so that no sum grows by chance. */
  readonly toll: number;
  /** Nats that one window adds or takes off at most. */
  readonly mostAdded: number;
}

/** For each turn Page's (1954) cumulative sum of the nats by which windows speak for it; never below 0. */
export class TurnSums {
  private readonly sums = new Float64Array(AXIS_TURNS.length);

  constructor(private readonly options: TurnSumsOptions) {}

  /** @param nats by turn. */
  add(nats: Float64Array): void {
    const { sums } = this;
    for (let turn = 0; turn < sums.length; turn++) {
      sums[turn] = Math.max(0, Math.min(MOST, sums[turn] + this.added(nats[turn])));
    }
  }

  /** What a window with so many nats for a turn adds to its sum, as long as that is above 0. */
  added(nats: number): number {
    const { toll, mostAdded } = this.options;
    return Math.max(-mostAdded, Math.min(mostAdded, nats - toll));
  }

  /** The turns with a sum of at least so much, the greatest first. */
  from(least: number): number[] {
    const { sums } = this;
    const found: number[] = [];
    for (let turn = 0; turn < sums.length; turn++) if (sums[turn] >= least) found.push(turn);
    // Turns of equal sums stand in their order: sorting is stable.
    return found.length < 2 ? found : found.sort((a, b) => sums[b] - sums[a]);
  }

  /** Of this turn, new evidence is needed. */
  forget(turn: number): void {
    this.sums[turn] = 0;
  }

  clear(): void {
    this.sums.fill(0);
  }

  write(state: StateWriter): void {
    state.f64Array(this.sums);
  }

  /** @throws StateFormatError */
  read(state: StateReader): void {
    this.sums.set(state.f64Array(this.sums.length));
  }
}
