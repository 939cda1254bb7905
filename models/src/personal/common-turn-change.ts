import { StateFormatError, type StateReader, type StateWriter } from '@hark/streaming';
import { AXIS_TURNS } from './axis-turns.js';
import { CHANGE_SUMS, SURE } from './turn-change.js';
import { TurnSums } from './turn-sums.js';

/** Windows kept, to say whose the evidence is. */
const KEPT = 32;

interface Evidence {
  readonly device: string;
  readonly nats: Float64Array;
}

/** Whether devices have come to lie otherwise together, a few windows of each being enough: as {@link TurnChange}. */
export class CommonTurnChange {
  private readonly sums = new TurnSums(CHANGE_SUMS);
  /** Oldest first. */
  private readonly recent: Evidence[] = [];

  /** @param excess by turn, of a window of this device. */
  add(device: string, excess: Float64Array): void {
    this.sums.add(excess);
    this.recent.push({ device, nats: excess.slice() });
    if (this.recent.length > KEPT) this.recent.shift();
  }

  /** The turn that undoes how they lie now, once two devices or more make it sure that this has changed; else null. */
  get turn(): number | null {
    return this.sums.from(SURE).find((turn) => this.isOfSeveral(turn)) ?? null;
  }

  clear(): void {
    this.sums.clear();
    this.recent.length = 0;
  }

  write(state: StateWriter): void {
    this.sums.write(state);
    state.u8(this.recent.length);
    for (const { device, nats } of this.recent) state.string(device).f64Array(nats);
  }

  /** @throws StateFormatError */
  read(state: StateReader): void {
    this.clear();
    this.sums.read(state);
    const kept = state.u8();
    if (kept > KEPT) throw new StateFormatError(`${kept} windows of evidence`);
    for (let i = 0; i < kept; i++) {
      this.recent.push({ device: state.string(), nats: state.f64Array(AXIS_TURNS.length) });
    }
  }

  /** Whether what the sum is made of comes from two devices, of which neither has two thirds. */
  private isOfSeveral(turn: number): boolean {
    const shares = new Map<string, number>();
    let found = 0;
    for (let i = this.recent.length - 1; i >= 0 && found < SURE; i--) {
      const { device, nats } = this.recent[i];
      const added = this.sums.added(nats[turn]);
      found += added;
      shares.set(device, (shares.get(device) ?? 0) + added);
    }
    return shares.size > 1 && Math.max(...shares.values()) <= (2 / 3) * found;
  }
}
